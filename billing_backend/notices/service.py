"""How does billing say that a customer is to be told something, and who tells it when?

Billing writes a notice in the transaction of what it is about; the bot has the words and sends
them, outside quiet hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import identity
from billing_backend.contract import Notice
from billing_backend.customers.models import Customer
from billing_backend.notices import repository, rules
from billing_backend.notices.models import NoticeRow
from billing_backend.policy import Policy


@dataclass(frozen=True, slots=True)
class NewNotice:
    """`key` is unique for ever: the same thing is told once. See NoticeRow for the rest."""

    account_id: UUID
    kind: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about_invoice_id: UUID | None = None


async def write(session: AsyncSession, notice: NewNotice, *, now: datetime) -> None:
    await write_many(session, [notice], now=now)


async def write_many(session: AsyncSession, notices: Sequence[NewNotice], *, now: datetime) -> None:
    """All in one round trip."""
    if not notices:
        return
    rows = [
        {
            "id": uuid4(),
            "account_id": notice.account_id,
            "kind": notice.kind,
            "values": dict(notice.values),
            "key": notice.key,
            "about_invoice_id": notice.about_invoice_id,
            "created_at": now,
        }
        for notice in notices
    ]
    await repository.add(session, rows)


async def write_selected(
    session: AsyncSession,
    query: Select[UUID, str, dict[str, Any], str, UUID | None],
    *,
    now: datetime,
) -> int:
    """All that a query selects (account, kind, values, key, the invoice that it is about), without
    reading it; answers how many were new."""
    return await repository.add_selected(session, query, now)


async def due(
    session: AsyncSession, *, now: datetime, at_most: int, policy: Policy
) -> list[Notice]:
    """What is to be told now; nobody else gets the same until the transaction ends.

    Nothing in quiet hours. A reminder of a debt that was paid meanwhile is settled untold, and so
    is what the customer does not want to be told.
    """
    if rules.quiet(now, policy.zone, policy.quiet_from, policy.quiet_until):
        return []
    rows = await repository.waiting(session, at_most)
    readers = await repository.readers(session, [row.account_id for row in rows])
    settled = {**await _paid(session, rows), **await _unwanted(session, rows, readers)}
    for outcome in sorted(set(settled.values())):
        ids = [notice_id for notice_id, each in settled.items() if each == outcome]
        await repository.settle(session, ids, outcome=outcome, conversation_id=None, now=now)
    return [
        await _notice(session, row, readers[row.account_id])
        for row in rows
        if row.id not in settled
    ]


async def _paid(session: AsyncSession, rows: Sequence[NoticeRow]) -> dict[UUID, str]:
    about = [row.about_invoice_id for row in rows if row.about_invoice_id is not None]
    paid = await repository.paid(session, about)
    return {row.id: "paid" for row in rows if row.about_invoice_id in paid}


async def _unwanted(
    session: AsyncSession, rows: Sequence[NoticeRow], readers: Mapping[UUID, Customer]
) -> dict[UUID, str]:
    said = await repository.stated(session, [reader.id for reader in readers.values()])
    found = {}
    for row in rows:
        reader = readers[row.account_id]
        topic = rules.topic_of(row.kind)
        if not rules.wanted(topic, reader.wants_notices, said[reader.id]):
            found[row.id] = "unwanted"
    return found


async def settle(
    session: AsyncSession, notice_id: UUID, *, conversation_id: UUID | None, now: datetime
) -> None:
    """It is on its way in that conversation; None: there is none where it may be told."""
    outcome = "nowhere" if conversation_id is None else "told"
    await repository.settle(
        session, [notice_id], outcome=outcome, conversation_id=conversation_id, now=now
    )


async def missed(session: AsyncSession, notice_id: UUID) -> None:
    """It did not arrive there: it is due again, unless that came to nothing already."""
    await repository.take_back(session, notice_id)


async def _notice(session: AsyncSession, row: NoticeRow, reader: Customer) -> Notice:
    return Notice(
        notice_id=row.id,
        kind=row.kind,
        values=row.values,
        phone=await repository.phone(session, row.account_id),
        conversations=tuple(await identity.proved_in(session, reader.id)),
        channel=reader.notice_channel,
        language=reader.language,
    )
