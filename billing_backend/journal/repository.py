"""Which queries keep and read the books?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.journal.rules import Ledger


async def add(
    session: AsyncSession,
    *,
    entries: Sequence[Mapping[str, Any]],
    transfers: Sequence[Mapping[str, Any]],
) -> None:
    """Rows of both tables, by column."""
    await copy_rows(session, JournalEntry, entries)
    await copy_rows(session, JournalTransfer, transfers)


async def entries(
    session: AsyncSession,
    account_id: UUID,
    *,
    limit: int = 100,
    after: tuple[datetime, UUID] | None = None,
) -> list[tuple[JournalEntry, list[JournalTransfer]]]:
    """A customer account's entries with their transfers, newest first; those that come after
    this moment and id in that order."""
    query = (
        select(JournalEntry)
        .where(JournalEntry.account_id == account_id)
        .order_by(JournalEntry.posted_at.desc(), JournalEntry.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(JournalEntry.posted_at, JournalEntry.id) < after)
    found = (await session.scalars(query)).all()
    transfers = (
        await session.scalars(
            select(JournalTransfer)
            .where(JournalTransfer.entry_id.in_([entry.id for entry in found]))
            .order_by(JournalTransfer.amount_minor.desc(), JournalTransfer.id)
        )
    ).all()
    by_entry: dict[UUID, list[JournalTransfer]] = {entry.id: [] for entry in found}
    for transfer in transfers:
        by_entry[transfer.entry_id].append(transfer)
    return [(entry, by_entry[entry.id]) for entry in found]


async def balances(session: AsyncSession, ledger: Ledger) -> dict[UUID, int]:
    """Debits minus credits of one account of the books, by customer account, in minor units."""
    debits = select(JournalTransfer.entry_id, JournalTransfer.amount_minor.label("minor")).where(
        JournalTransfer.debit == ledger
    )
    credits_ = select(
        JournalTransfer.entry_id, (-JournalTransfer.amount_minor).label("minor")
    ).where(JournalTransfer.credit == ledger)
    sides = union_all(debits, credits_).subquery()
    rows = await session.execute(
        select(JournalEntry.account_id, func.sum(sides.c.minor))
        .join(sides, sides.c.entry_id == JournalEntry.id)
        .where(JournalEntry.account_id.is_not(None))
        .group_by(JournalEntry.account_id)
    )
    return {account_id: int(minor) for account_id, minor in rows if account_id is not None}
