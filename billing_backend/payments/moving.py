"""How does a payment get off the account that it was put on by mistake, to its owner's?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.customers.repository import lock_accounts
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money
from billing_backend.payments import repository
from billing_backend.payments.models import Payment
from billing_backend.payments.refund_repository import refunded_of
from billing_backend.payments.service import claim, take_back, use_credit


async def move(
    session: AsyncSession,
    payment_id: UUID,
    *,
    taken_from: UUID,
    given_to: UUID,
    actor: str,
    now: datetime,
) -> bool:
    """What it had paid on the one account is open there again; on the other it pays what is open.

    False when it is not on `taken_from` any more, was reversed, or something of it was sent
    back. Nothing is deleted: each allocation gets its opposite, and the money passes through
    suspense.
    """
    await lock_accounts(session, sorted([taken_from, given_to]))
    payment = await repository.by_id(session, payment_id, lock=True)
    if payment is None or payment.account_id != taken_from or payment.reversed_on is not None:
        return False
    if await refunded_of(session, payment_id):
        return False
    paid = await take_back(session, payment_id, now=now)
    payment.account_id = None
    await session.flush()
    await _book(session, payment, taken_from, Money(paid, payment.currency), now)
    await audit.record(
        session,
        actor=actor,
        action="payment.taken_back",
        subject=f"account:{taken_from}",
        details={"reference": payment.reference, "minor": payment.amount_minor},
        now=now,
    )
    # Other credit of that account pays what is open again, before it can cost a late fee.
    await use_credit(session, [taken_from], now=now)
    return await claim(session, payment_id, given_to, now=now)


async def _book(
    session: AsyncSession, payment: Payment, account_id: UUID, paid: Money, now: datetime
) -> None:
    left = Money(payment.amount_minor, payment.currency) - paid
    await journal.post(
        session,
        account_id=account_id,
        kind="payment_taken_back",
        lines=[
            Transfer(Ledger.RECEIVABLE, Ledger.SUSPENSE, paid),
            Transfer(Ledger.CUSTOMER_CREDIT, Ledger.SUSPENSE, left),
        ],
        # A payment may be moved again: the account before it may have been the right one.
        key=f"taken_back:{payment.reference}:{uuid4()}",
        document=payment.reference,
        now=now,
    )
