"""What happens when a payment that was booked turns out not to have come: bounced, recalled?"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound, WasRefunded
from billing_backend.fields import plain_text
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money
from billing_backend.payments import repository
from billing_backend.payments.refund_repository import refunded_of
from billing_backend.payments.service import take_back, use_credit


@dataclass(frozen=True, slots=True)
class Reversed:
    """What it had paid, and what was taken off the account's credit (or out of suspense)."""

    owed_again: Money
    credit_gone: Money


async def reverse(
    session: AsyncSession, reference: str, *, reason: str, actor: str, on: date, now: datetime
) -> Reversed | None:
    """Undoes a payment: what it paid is open again, what was left of it is gone.

    Nothing is deleted: each allocation gets its opposite. None when it was reversed before, so
    that a bank which tells it twice changes nothing. NotFound without such a payment, WasRefunded
    when something of it was sent back, WrongValue for a reason that is no text.
    """
    reason = plain_text("reason", reason, most=1_000)
    payment = await repository.by_reference(session, reference, lock=True)
    if payment is None:
        raise NotFound("payment", reference)
    if payment.reversed_on is not None:
        return None
    if payment.account_id is not None:
        await lock_account(session, payment.account_id)
    if await refunded_of(session, payment.id):
        raise WasRefunded(reference)
    payment.reversed_on = on
    await session.flush()
    allocated = Money(await take_back(session, payment.id, now=now), payment.currency)
    rest = Money(payment.amount_minor, payment.currency) - allocated
    held = Ledger.SUSPENSE if payment.account_id is None else Ledger.CUSTOMER_CREDIT
    await journal.post(
        session,
        account_id=payment.account_id,
        kind="payment_reversed",
        lines=[
            Transfer(Ledger.RECEIVABLE, Ledger.CASH, allocated),
            Transfer(held, Ledger.CASH, rest),
        ],
        key=f"reversal:{reference}",
        document=reference,
        now=now,
    )
    owner = f"payment:{reference}"
    await audit.record(
        session,
        actor=actor,
        action="payment.reversed",
        subject=owner if payment.account_id is None else f"account:{payment.account_id}",
        details={"reference": reference, "minor": payment.amount_minor, "reason": reason},
        now=now,
    )
    if payment.account_id is not None:
        # Other credit of the account pays what is open again, before it can cost a late fee.
        await use_credit(session, [payment.account_id], now=now)
    return Reversed(owed_again=allocated, credit_gone=rest)
