"""Which file that a customer sent does an agent open, and how is it safe to show?

Files stay with the provider. Only its reference is kept, and is followed when an agent opens it.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from handoff.desk import repository
from handoff.desk.cases import UnknownCase
from handoff.desk.models import Agent
from handoff.queue import repository as queue

MOST = 20 * 1024 * 1024  # bytes; Telegram itself gives bots nothing larger
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
# What a browser may show by itself. None of these can carry a script; everything else is saved.
_SHOWN = _IMAGES | {"audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4", "video/webm"}
_NAMELESS = "application/octet-stream"
# What a file is called that came without a name.
_CALLED = {"image": "photo", "audio": "audio", "video": "video"}


class Files(Protocol):
    """A channel whose provider keeps the files that customers send."""

    async def fetch(self, reference: str, *, at_most: int) -> bytes | None:
        """None when it is larger than so many bytes, or not given."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a customer sent, as the provider told of it."""

    channel: str
    reference: str
    mime: str
    name: str
    size: int | None

    @property
    def image(self) -> bool:
        return self.mime in _IMAGES

    @property
    def shown_as(self) -> str:
        """The content type to answer with: the sender's word counts for nothing else."""
        return self.mime if self.mime in _SHOWN or self.mime == "application/pdf" else _NAMELESS

    @property
    def disposition(self) -> str:
        how = "inline" if self.mime in _SHOWN else "attachment"
        return f"{how}; filename*=UTF-8''{quote(self.name, safe='')}"


def kept(channel: str, media: dict[str, Any]) -> Kept:
    """What the conversation log has of a file; one without a name is called what it is."""
    mime = str(media["mime"])
    what = _CALLED.get(mime.partition("/")[0], "document")
    name = media.get("name") or what + (mimetypes.guess_extension(mime) or "")
    return Kept(channel, media["reference"], mime, name, media.get("size"))


async def open_file(
    session: AsyncSession,
    agent: Agent,
    case_id: UUID,
    message_id: UUID,
    place: int,
    *,
    now: datetime,
) -> Kept | None:
    """A file of a message of the case's own conversation, noted in the audit log as opened; None
    when there is none. Raises UnknownCase."""
    case = await queue.case(session, case_id)
    if case is None:
        raise UnknownCase
    conversations = [each for each in (case.begun_in, case.conversation_id) if each]
    message = await repository.inbound(session, conversations, message_id)
    media = [] if message is None else message.data.get("media", [])
    if message is None or place >= len(media):
        return None
    await record(
        session,
        actor=agent.email,
        action="media.opened",
        subject=f"conversation:{message.conversation_id}",
        details={"case": str(case.id), "message": str(message.id), "place": place},
        now=now,
    )
    return kept(message.channel, media[place])
