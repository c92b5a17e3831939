"""Can this payment be booked as it was sent, and what came of it?"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.api.ledger import payment_out
from billing_backend.api.requests import PaymentIn
from billing_backend.api.schemas import PaymentOut
from billing_backend.api.sources import Sources
from billing_backend.api.writing import Refusal
from billing_backend.errors import NotFound
from billing_backend.idempotency import wait_for_the_key
from billing_backend.invoices import repository as invoices
from billing_backend.invoices import run_repository
from billing_backend.payments import repository
from billing_backend.payments.service import Received, receive


async def take_payment(
    session: AsyncSession, asked: PaymentIn, sources: Sources
) -> PaymentOut | Refusal:
    """Raises NotFound when the account has no such invoice."""
    if asked.received_on > sources.today():
        return Refusal("in_the_future", "received_on is in the future")
    if asked.account_id is None and asked.invoice_number is not None:
        return Refusal("no_account", "an invoice is named, but not the account")
    if asked.account_id is not None:
        (_, _, currency), _ = await run_repository.account(session, asked.account_id)
        if currency != asked.amount.currency:
            return Refusal("other_currency", f"the account is billed in {currency}")
    received = Received(
        account_id=asked.account_id,
        amount=asked.amount.money(),
        received_on=asked.received_on,
        method=asked.method,
        reference=asked.reference,
        payer_note=asked.note,
        named_invoice_id=await _invoice_id(session, asked),
        announce=True,
    )
    # Or two requests at once with one reference would both find it new.
    await wait_for_the_key(session, f"payment:{asked.reference}")
    now, policy = sources.clock.now(), sources.billing.policy
    if not await receive(session, [received], now=now, policy=policy):
        return Refusal("known_reference", f"payment {asked.reference} was recorded before")
    booked = await repository.by_reference(session, asked.reference)
    assert booked is not None
    return payment_out(booked)


async def _invoice_id(session: AsyncSession, asked: PaymentIn) -> UUID | None:
    if asked.invoice_number is None:
        return None
    found = await invoices.by_number(session, asked.invoice_number)
    if found is None or found.account_id != asked.account_id:
        raise NotFound("invoice", asked.invoice_number)
    return found.invoice_id
