"""Which queries find and forget what is kept of a person?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.customers.models import Account, Contact, Customer
from billing_backend.db import Base
from billing_backend.identity.models import FailedTry, IdentificationRow, OneTimeCode, Pin


async def customer(session: AsyncSession, number: str) -> Customer | None:
    """Locked, so that nobody adds to what is being erased."""
    return await session.scalar(select(Customer).where(Customer.number == number).with_for_update())


async def own_addresses(session: AsyncSession, customer_id: UUID) -> Sequence[str]:
    """Phone numbers and Telegram ids that are this customer's and nobody else's."""
    mine = select(Contact.kind, Contact.value).where(Contact.customer_id == customer_id).subquery()
    found = await session.scalars(
        select(mine.c.value)
        .join(Contact, (Contact.kind == mine.c.kind) & (Contact.value == mine.c.value))
        .group_by(mine.c.value)
        .having(func.count(Contact.customer_id.distinct()) == 1)
        .order_by(mine.c.value)
    )
    return found.all()


async def conversations(session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
    """In which the customer was recognised or verified."""
    found = await session.scalars(
        select(IdentificationRow.conversation_id).where(
            IdentificationRow.customer_id == customer_id
        )
    )
    return found.all()


async def accounts(session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
    return (
        await session.scalars(select(Account.id).where(Account.customer_id == customer_id))
    ).all()


async def audited(session: AsyncSession, subjects: Sequence[str]) -> Sequence[AuditEntry]:
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.at)
    )
    return found.all()


async def forget_person(
    session: AsyncSession, customer_id: UUID, number: str, addresses: Sequence[str]
) -> dict[str, int]:
    """How the customer is reached and recognised, and what was noted of their proofs."""
    subject = f"customer {number}"
    gone: dict[type[Base], Any] = {
        Contact: Contact.customer_id == customer_id,
        Pin: Pin.customer_id == customer_id,
        IdentificationRow: IdentificationRow.customer_id == customer_id,
        OneTimeCode: or_(OneTimeCode.subject == subject, OneTimeCode.address.in_(addresses)),
        FailedTry: or_(FailedTry.subject == subject, FailedTry.address.in_(addresses)),
    }
    return {
        model.__tablename__: await _deleted(session, model, where) for model, where in gone.items()
    }


async def _deleted(session: AsyncSession, model: type[Base], where: Any) -> int:
    gone = await session.execute(delete(model).where(where).returning(model.__table__))
    return len(gone.all())
