"""Which picture of a case does an agent open, and who may?

Pictures stay with the provider. Only its reference is kept, and is followed when an agent opens it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from handoff.conversations import InboundMessage
from handoff.desk.cases import UnknownCase
from handoff.desk.models import Agent
from handoff.queue import repository as queue


class MediaFile(Protocol):
    """A file as its channel fetched it."""

    @property
    def mime(self) -> str: ...
    @property
    def content(self) -> bytes: ...


# Channel and reference in, the file out; None where it is gone or its provider is away.
OpenMedia = Callable[[str, str], Awaitable[MediaFile | None]]


async def no_media(channel: str, reference: str) -> MediaFile | None:
    """For a desk without channels."""
    return None


async def find(
    session: AsyncSession,
    agent: Agent,
    case_id: UUID,
    message_id: UUID,
    place: int,
    *,
    now: datetime,
) -> tuple[str, str] | None:
    """(channel, reference) of a picture in the conversation of this case, noted in the audit log;
    None where there is none. Raises UnknownCase."""
    case = await queue.case(session, case_id)
    if case is None:
        raise UnknownCase
    message = await session.get(InboundMessage, message_id)
    if message is None or message.conversation_id != case.conversation_id:
        return None
    kept = message.data.get("media", [])
    if place >= len(kept):
        return None
    await record(
        session,
        actor=agent.email,
        action="media.opened",
        subject=f"conversation:{case.conversation_id}",
        details={"case": str(case.id), "message": str(message.id), "place": place},
        now=now,
    )
    return message.channel, str(kept[place]["reference"])
