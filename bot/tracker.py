"""What does Rasa's own memory say: was this message answered, is a form open?

Read from the events table rather than over HTTP: Rasa's tracker call returns every session
of the conversation, close to a megabyte after 500 turns.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dialogue import Answer, guesses_of, words_of
from bot.texts import Words


async def answered(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> Answer | None:
    """What Rasa answered to a message whose answer got lost; None if it never saw it."""
    rows = await session.execute(
        text(
            "SELECT type_name, data FROM rasa.events"
            " WHERE sender_id = :sender AND type_name IN ('user', 'bot') AND id >= ("
            "   SELECT min(id) FROM rasa.events WHERE sender_id = :sender"
            "   AND type_name = 'user' AND data LIKE :mark)"
            " ORDER BY id"
        ),
        {"sender": str(conversation_id), "mark": f"%{message_id}%"},
    )
    events = rows.all()
    if not events:
        return None
    replies: list[Words] = []
    for kind, data in events[1:]:
        if kind == "user":
            break
        event = json.loads(data)
        replies.append(words_of({"text": event.get("text"), **(event.get("data") or {})}))
    parsed = json.loads(events[0].data).get("parse_data") or {}
    return Answer(replies, guesses_of(parsed.get("intent_ranking")))


async def form_open(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether Rasa is in the middle of a form in that conversation."""
    last = await session.scalar(
        text(
            "SELECT data FROM rasa.events WHERE sender_id = :sender"
            " AND type_name = 'active_loop' ORDER BY id DESC LIMIT 1"
        ),
        {"sender": str(conversation_id)},
    )
    return last is not None and json.loads(last).get("name") is not None


async def forget(session: AsyncSession, conversation_ids: Sequence[UUID] | None = None) -> int:
    """Erase Rasa's memory of those conversations (None: of all); answers how many events of
    those there were."""
    if not await _exists(session):
        return 0
    if conversation_ids is None:
        await session.execute(text("TRUNCATE rasa.events"))
        return 0
    gone = await session.execute(
        text("DELETE FROM rasa.events WHERE sender_id = ANY(:senders) RETURNING id"),
        {"senders": [str(key) for key in conversation_ids]},
    )
    return len(gone.all())


async def export(session: AsyncSession, conversation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Rasa's memory of those conversations, event by event."""
    if not await _exists(session):
        return []
    rows = await session.execute(
        text(
            "SELECT sender_id, data FROM rasa.events WHERE sender_id = ANY(:senders)"
            " ORDER BY sender_id, id"
        ),
        {"senders": [str(key) for key in conversation_ids]},
    )
    return [{"conversation_id": sender, **json.loads(data)} for sender, data in rows]


async def _exists(session: AsyncSession) -> bool:
    """Rasa makes its table when it first starts."""
    return await session.scalar(text("SELECT to_regclass('rasa.events')")) is not None
