"""What was said, in order, by whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import (
    UNDELIVERED,
    InboundMessage,
    OutboundMessage,
    Status,
)

_LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation. `speaker` is customer, bot, queue, agent or notice.

    `text` is None for words that have not been put together yet; `parts` names them. `sent` is
    what a customer sent instead of words (photo, voice, edited ...), `media` where the provider
    keeps each file that came, `place` a shared location.
    """

    position: int
    message_id: UUID
    at: datetime
    speaker: str
    name: str | None
    kind: str
    text: str | None
    parts: list[Any]
    buttons: list[str]
    status: str
    failure: str | None = None  # why it is failed or unknown
    sent: str | None = None
    media: tuple[dict[str, Any], ...] = ()
    place: str | None = None


async def history(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    after: int = 0,
    until: int | None = None,
    limit: int = 500,
) -> Sequence[Entry]:
    """The newest `limit` lines of both directions, oldest first; dropped words are left out,
    nobody heard them. `after` and `until` are positions."""
    last = _LAST if until is None else until
    came = await session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.conversation_id == conversation_id,
            InboundMessage.position > after,
            InboundMessage.position <= last,
        )
        .order_by(InboundMessage.position.desc())
        .limit(limit)
    )
    went = await session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.position > after,
            OutboundMessage.position <= last,
            OutboundMessage.status != Status.DROPPED,
        )
        .order_by(OutboundMessage.position.desc())
        .limit(limit)
    )
    entries = [_came(message) for message in came] + [_went(message) for message in went]
    return sorted(entries, key=lambda entry: entry.position)[-limit:]


def _came(message: InboundMessage) -> Entry:
    sent = message.text if message.kind == "media" else None
    words = {
        "media": message.data.get("caption", ""),
        "button": message.data.get("shown", ""),  # its title; the token is nobody's words
    }.get(message.kind, message.text)
    return Entry(
        position=message.position,
        message_id=message.id,
        at=message.received_at,
        speaker="customer",
        name=None,
        kind=message.kind,
        text=words,
        parts=[],
        buttons=[],
        status=message.outcome or "received",
        sent=sent,
        media=tuple(message.data.get("media", ())),
        place=message.data.get("place"),
    )


def _went(message: OutboundMessage) -> Entry:
    return Entry(
        position=message.position,
        message_id=message.id,
        at=message.created_at,
        speaker=message.author,
        name=message.agent_name,
        kind="text",
        text=message.text,
        parts=message.parts,
        buttons=[button["title"] for button in message.buttons],
        status=message.status,
        failure=message.failure if message.status in UNDELIVERED else None,
    )
