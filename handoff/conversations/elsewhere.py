"""Which words did not arrive, to be said elsewhere, and where were they tried?

Certainly not: what may have arrived is never said twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.models import OutboundMessage, Status

# Two channels are written on, and somebody may have two chats.
MOST_TRIES = 3


async def missed(session: AsyncSession, *, kind: str, since: datetime) -> Sequence[str]:
    """The keys, without the try, of what was written since then and failed; each try once."""
    rows = await session.scalars(
        update(OutboundMessage)
        .where(
            OutboundMessage.status == Status.FAILED,
            OutboundMessage.attended_at.is_(None),
            OutboundMessage.created_at > since,
            OutboundMessage.key.startswith(f"{kind}:", autoescape=True),
            OutboundMessage.options["taken_back"].is_(None),
        )
        .values(options=OutboundMessage.options.concat({"taken_back": True}))
        .returning(func.concat(kind, ":", func.split_part(OutboundMessage.key, ":", 2)))
        .execution_options(synchronize_session=False)
    )
    return rows.all()


async def tried_in(session: AsyncSession, key: str) -> Sequence[UUID]:
    """The conversations in which these words were tried."""
    rows = await session.scalars(
        select(OutboundMessage.conversation_id).where(OutboundMessage.key.in_(_keys(key)))
    )
    return rows.all()


def key_of_try(key: str, tries: int) -> str | None:
    """Under which key the words are written after so many tries; None when that is enough."""
    return _keys(key)[tries] if tries < MOST_TRIES else None


async def said_elsewhere(session: AsyncSession, key: str, *, now: datetime) -> None:
    """Nobody at the desk need look after the tries that failed."""
    rows = await session.scalars(
        update(OutboundMessage)
        .where(
            OutboundMessage.key.in_(_keys(key)),
            OutboundMessage.status == Status.FAILED,
            OutboundMessage.attended_at.is_(None),
        )
        .values(attended_at=now)
        .returning(OutboundMessage.conversation_id)
        .execution_options(synchronize_session=False)
    )
    for conversation_id in rows.all():
        await ring(session, WAKE_DESK, str(conversation_id))


def _keys(key: str) -> list[str]:
    return [key, *(f"{key}:{number}" for number in range(2, MOST_TRIES + 1))]
