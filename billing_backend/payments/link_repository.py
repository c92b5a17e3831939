"""Which queries keep payment links, their checkouts and the provider's events?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.invoices.models import Invoice
from billing_backend.payments.models import (
    Allocation,
    Checkout,
    Payment,
    PaymentLink,
    ProviderEvent,
)

# A link in one of these states is not to be paid again.
_TAKEN = ("processing", "paid")


async def open_links(
    session: AsyncSession, account_id: UUID, *, now: datetime
) -> Sequence[PaymentLink]:
    """Links of the account that can still be paid, newest first."""
    query = (
        select(PaymentLink)
        .where(
            PaymentLink.account_id == account_id,
            PaymentLink.expires_at > now,
            ~_has_checkout(*_TAKEN),
        )
        .order_by(PaymentLink.created_at.desc(), PaymentLink.id)
    )
    return (await session.scalars(query)).all()


async def processing(session: AsyncSession, account_id: UUID) -> Sequence[PaymentLink]:
    """Links that were paid by a method whose money is still on its way."""
    query = select(PaymentLink).where(
        PaymentLink.account_id == account_id, _has_checkout("processing")
    )
    return (await session.scalars(query)).all()


async def last_failure(session: AsyncSession, account_id: UUID) -> datetime | None:
    """When paying by link failed last, unless a payment has paid something since."""
    failed_at = await session.scalar(
        select(func.max(Checkout.failed_at))
        .join(PaymentLink, PaymentLink.id == Checkout.link_id)
        .where(PaymentLink.account_id == account_id, Checkout.state != "paid")
    )
    if failed_at is None:
        return None
    paid_since = await session.scalar(
        select(Allocation.id)
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.account_id == account_id, Allocation.allocated_at >= failed_at)
        .limit(1)
    )
    return None if paid_since else failed_at


async def by_token(session: AsyncSession, token: str) -> PaymentLink | None:
    """Locked until the caller commits, so that it is opened once."""
    query = select(PaymentLink).where(PaymentLink.token == token).with_for_update()
    return await session.scalar(query)


async def by_id(session: AsyncSession, link_id: UUID) -> PaymentLink | None:
    """Locked until the caller commits: events of one link are applied in turn."""
    query = select(PaymentLink).where(PaymentLink.id == link_id).with_for_update()
    return await session.scalar(query)


async def checkouts(session: AsyncSession, link_id: UUID) -> list[Checkout]:
    """Newest first."""
    query = select(Checkout).where(Checkout.link_id == link_id).order_by(Checkout.number.desc())
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def checkout(session: AsyncSession, provider_id: str) -> Checkout | None:
    return await session.scalar(select(Checkout).where(Checkout.provider_id == provider_id))


async def is_by_link(session: AsyncSession, references: Sequence[str]) -> set[str]:
    """Which of these payments came through the provider."""
    query = select(Checkout.payment_reference).where(Checkout.payment_reference.in_(references))
    return {reference for reference in await session.scalars(query) if reference is not None}


async def invoice_number(session: AsyncSession, invoice_id: UUID) -> str | None:
    return await session.scalar(select(Invoice.number).where(Invoice.id == invoice_id))


async def first_time(session: AsyncSession, event_id: str, kind: str, now: datetime) -> bool:
    """Keeps the event; False when it was kept before. A second delivery at the same time waits
    for the first one's transaction."""
    kept = await session.scalar(
        insert(ProviderEvent)
        .values(id=event_id, kind=kind, received_at=now)
        .on_conflict_do_nothing()
        .returning(ProviderEvent.id)
    )
    return kept is not None


def _has_checkout(*states: str) -> ColumnElement[bool]:
    return (
        select(Checkout.id)
        .where(Checkout.link_id == PaymentLink.id, Checkout.state.in_(states))
        .exists()
    )
