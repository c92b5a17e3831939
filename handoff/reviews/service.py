"""How does a message come on the review list, and what may an agent say that it means?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Conversation, InboundMessage
from handoff.reviews import repository
from handoff.reviews.models import MessageReview, Why


class UnknownReview(LookupError):
    """There is no such message on the list: it went with its conversation."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody was faster, or it is in a file of examples: who decided what (None: dismissed)."""

    by: UUID
    intent: str | None
    exported: bool


async def keep(
    session: AsyncSession,
    conversation: Conversation,
    message: InboundMessage,
    *,
    why: Why,
    text: str,
) -> None:
    """List a message, once. `text` is what may be published of it; nothing is listed without."""
    if not text:
        return
    await repository.add(
        session,
        message_id=message.id,
        conversation_id=conversation.id,
        position=message.position,
        channel=message.channel,
        language=conversation.language,
        text=text,
        said_at=message.received_at,
        why=why,
        understood=message.understood or [],
        asked=message.asked,
    )


async def decide(
    session: AsyncSession,
    review_id: UUID,
    *,
    intent: str | None,
    text: str | None,
    by: UUID,
    now: datetime,
) -> MessageReview | Decided:
    """An agent says what was meant; `intent` None dismisses, `text` is how it shall be learned.

    The same decision of the same agent again changes nothing. Raises UnknownReview.
    """
    changes: dict[str, Any] = {"intent": intent, "decided_at": now, "decided_by": by}
    if text is not None:
        changes["text"] = text
    was_open = await repository.decide(session, review_id, **changes)
    found = await _existing(session, review_id)
    if was_open or (found.decided_by == by and found.intent == intent):
        return found
    return _decided(found)


async def reopen(session: AsyncSession, review_id: UUID) -> MessageReview | Decided:
    """Take a decision back, as long as it is in no file of examples. Raises UnknownReview."""
    await repository.reopen(session, review_id)
    found = await _existing(session, review_id)
    return found if found.decided_at is None else _decided(found)


async def _existing(session: AsyncSession, review_id: UUID) -> MessageReview:
    found = await repository.review(session, review_id)
    if found is None:
        raise UnknownReview
    return found


def _decided(found: MessageReview) -> Decided:
    assert found.decided_by is not None
    return Decided(found.decided_by, found.intent, found.exported_at is not None)
