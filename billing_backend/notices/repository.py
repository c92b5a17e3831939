"""Which queries keep notices and find those that are due?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account, Contact, Customer
from billing_backend.invoices.models import Invoice
from billing_backend.notices.models import NoticeChoice, NoticeRow
from billing_backend.payments.repository import outstanding


async def add(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows whose key is there already are left out."""
    await session.execute(
        insert(NoticeRow).values(list(rows)).on_conflict_do_nothing(index_elements=["key"])
    )


async def add_selected(
    session: AsyncSession, query: Select[UUID, str, dict[str, Any], str, UUID | None], now: datetime
) -> int:
    """The same of what a query selects; answers how many were added."""
    names = ["account_id", "kind", "values", "key", "about_invoice_id", "id", "created_at"]
    whole = query.add_columns(func.gen_random_uuid(), literal(now))
    added = await session.execute(
        insert(NoticeRow)
        .from_select(names, whole)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(NoticeRow.id)
    )
    return len(added.all())


async def waiting(session: AsyncSession, at_most: int) -> Sequence[NoticeRow]:
    """The oldest that nobody else is telling, locked."""
    query = (
        select(NoticeRow)
        .where(NoticeRow.handled_at.is_(None))
        .order_by(NoticeRow.created_at, NoticeRow.key)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def paid(session: AsyncSession, invoice_ids: Sequence[UUID]) -> set[UUID]:
    query = select(Invoice.id).where(Invoice.id.in_(invoice_ids), outstanding() <= 0)
    return set(await session.scalars(query))


async def phone(session: AsyncSession, account_id: UUID) -> str | None:
    """The number on file of the account's customer."""
    return await session.scalar(
        select(Contact.value)
        .join(Account, Account.customer_id == Contact.customer_id)
        .where(Account.id == account_id, Contact.kind == "phone")
        .order_by(Contact.position)
        .limit(1)
    )


async def readers(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """Whose accounts these are."""
    query = (
        select(Account.id, Customer)
        .join(Customer, Customer.id == Account.customer_id)
        .where(Account.id.in_(account_ids))
    )
    return {row.id: row.Customer for row in await session.execute(query)}


async def stated(
    session: AsyncSession, customer_ids: Sequence[UUID]
) -> defaultdict[UUID, dict[str, bool]]:
    """What each customer said, by topic."""
    found: defaultdict[UUID, dict[str, bool]] = defaultdict(dict)
    query = select(NoticeChoice).where(NoticeChoice.customer_id.in_(customer_ids))
    for choice in await session.scalars(query):
        found[choice.customer_id][choice.topic] = choice.wanted
    return found


async def state(
    session: AsyncSession,
    customer_id: UUID,
    topics: Sequence[str],
    *,
    wanted: bool,
    stated_in: str,
    now: datetime,
) -> None:
    """The last word about these topics."""
    said = {"wanted": wanted, "stated_in": stated_in, "stated_at": now}
    await session.execute(
        insert(NoticeChoice)
        .values([{"customer_id": customer_id, "topic": topic, **said} for topic in topics])
        .on_conflict_do_update(index_elements=["customer_id", "topic"], set_=said)
    )


async def settle(
    session: AsyncSession,
    notice_ids: Sequence[UUID],
    *,
    outcome: str,
    conversation_id: UUID | None,
    now: datetime,
) -> None:
    await session.execute(
        update(NoticeRow)
        .where(NoticeRow.id.in_(notice_ids))
        .values(handled_at=now, outcome=outcome, conversation_id=conversation_id)
    )


async def take_back(session: AsyncSession, notice_id: UUID) -> None:
    await session.execute(
        update(NoticeRow)
        .where(NoticeRow.id == notice_id, NoticeRow.outcome == "told")
        .values(handled_at=None, outcome=None, conversation_id=None)
    )
