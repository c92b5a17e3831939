"""Which queries keep and find refunds?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account, Customer
from billing_backend.invoices.models import Invoice
from billing_backend.payments.models import Allocation, Payment, Refund
from billing_backend.payments.rules import Share


@dataclass(frozen=True, slots=True)
class Listed:
    """A refund as a person who makes it needs it."""

    refund: Refund
    payment_reference: str | None
    customer_number: str | None


async def refunded_of(session: AsyncSession, payment_id: UUID) -> int:
    """What went back of a payment or is to go back, in minor units."""
    query = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.payment_id == payment_id, Refund.state != "failed"
    )
    return int(await session.scalar(query) or 0)


async def refunded_each(session: AsyncSession, payment_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The same for several; those without a refund are left out."""
    rows = await session.execute(
        select(Refund.payment_id, func.sum(Refund.amount_minor))
        .where(Refund.payment_id.in_(payment_ids), Refund.state != "failed")
        .group_by(Refund.payment_id)
    )
    return {payment_id: int(minor) for payment_id, minor in rows if payment_id is not None}


async def paid_newest_first(session: AsyncSession, payment_id: UUID) -> list[Share]:
    """What the payment pays now, of the newest invoice first."""
    minor = func.sum(Allocation.amount_minor)
    rows = await session.execute(
        select(Invoice.id, minor)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Allocation.payment_id == payment_id)
        .group_by(Invoice.id)
        .having(minor > 0)
        .order_by(Invoice.due_on.desc(), Invoice.number.desc())
    )
    return [Share(invoice_id, int(paid)) for invoice_id, paid in rows]


async def of_account(session: AsyncSession, account_id: UUID, *, limit: int) -> Sequence[Refund]:
    """Newest first."""
    query = (
        select(Refund)
        .where(Refund.account_id == account_id)
        .order_by(Refund.requested_at.desc(), Refund.reference)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def by_id(session: AsyncSession, refund_id: UUID) -> Refund | None:
    """Locked until the caller commits."""
    return await session.get(Refund, refund_id, with_for_update=True, populate_existing=True)


async def by_reference(session: AsyncSession, reference: str) -> Refund | None:
    """Locked until the caller commits."""
    return await session.scalar(
        select(Refund).where(Refund.reference == reference).with_for_update()
    )


async def by_provider_id(session: AsyncSession, provider_id: str) -> Refund | None:
    """Locked until the caller commits."""
    return await session.scalar(
        select(Refund).where(Refund.provider_id == provider_id).with_for_update()
    )


async def to_make(session: AsyncSession) -> list[Listed]:
    """What is requested and not sent, and what failed, longest waiting first."""
    rows = await session.execute(
        select(Refund, Payment.reference, Customer.number)
        .outerjoin(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Account, Account.id == Refund.account_id)
        .outerjoin(Customer, Customer.id == Account.customer_id)
        .where(Refund.state.in_(("requested", "failed")))
        .order_by(Refund.requested_at, Refund.reference)
    )
    return [Listed(*row) for row in rows]


async def claim_to_send(
    session: AsyncSession, *, again_after: timedelta, give_up_after: timedelta, at_most: int
) -> Sequence[Row[Refund, str]]:
    """Refunds for the provider that it has not taken, with their payment's reference.

    The caller commits at once: until `again_after` nobody else takes them. What was first tried
    longer ago than `give_up_after` is left to a person, because the provider no longer knows
    its key then.
    """
    rows = (
        await session.execute(
            select(Refund, Payment.reference)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(
                Refund.state == "requested",
                Refund.method == "provider",
                Refund.provider_id.is_(None),
                or_(Refund.next_try_at.is_(None), Refund.next_try_at <= func.clock_timestamp()),
                or_(
                    Refund.first_try_at.is_(None),
                    Refund.first_try_at > func.clock_timestamp() - give_up_after,
                ),
            )
            .order_by(Refund.requested_at)
            .limit(at_most)
            .with_for_update(of=Refund, skip_locked=True)
        )
    ).all()
    for refund, _ in rows:
        refund.attempts += 1
        refund.next_try_at = func.clock_timestamp() + again_after
        refund.first_try_at = func.coalesce(Refund.first_try_at, func.clock_timestamp())
    await session.flush()
    return rows
