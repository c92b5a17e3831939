"""What does the whole product know of a person, and how does it forget them, or what is old?

Billing, the conversations and Rasa lie in one database: each of these is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import privacy as billing
from billing_backend.clock import Clock, business_date
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.periods import months_back
from bot import tracker
from handoff import privacy as conversations

_AT_ONCE = 200


async def export(session: AsyncSession, number: str, *, now: datetime) -> dict[str, Any]:
    """Everything kept of the customer with this number, as JSON values. Raises NotFound."""
    who = await billing.person(session, number)
    ids = await conversations.conversations_of(session, who.addresses, who.conversations)
    return {
        "customer_number": number,
        "exported_at": now,
        "billing": await billing.export(session, who),
        "conversations": await conversations.export(session, ids),
        "dialogue_engine": await tracker.export(session, ids),
    }


async def erase(session: AsyncSession, number: str, *, now: datetime) -> billing.Erased:
    """Forgets the person: conversations, Rasa's memory, contacts, PIN, codes. Invoices and the
    books are kept, as the law asks; that it was done is in the audit log.

    Raises NotFound, and BeingAnswered while a message of theirs is being answered.
    """
    who = await billing.person(session, number)
    ids = await conversations.conversations_of(session, who.addresses, who.conversations)
    gone = await _forget(session, ids)
    return await billing.erase(session, who, gone, now=now)


async def forget_old(sessions: Sessions, clock: Clock, zone: str, *, months: int) -> int:
    """Forgets conversations in which nothing was said for so many months; answers how many."""
    now = clock.now()
    since = months_back(business_date(now, zone), months)
    before = now.replace(year=since.year, month=since.month, day=since.day)
    count = 0
    while forgotten := await _forget_some(sessions, before):
        count += forgotten
    return count


async def _forget_some(sessions: Sessions, before: datetime) -> int:
    async with transaction(sessions) as session:
        ids = await conversations.silent_since(session, before, at_most=_AT_ONCE)
        await _forget(session, ids)
        return len(ids)


async def _forget(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Wherever there is something of these conversations; how many rows of each table."""
    if not conversation_ids:
        return {}
    gone = await conversations.erase(session, conversation_ids)
    gone |= await billing.forget_identifications(session, conversation_ids)
    return gone | {"rasa.events": await tracker.forget(session, conversation_ids)}
