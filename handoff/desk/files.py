"""Which file that a customer sent does an agent open, and how is it safe to show?"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import InboundMessage
from handoff.desk import repository
from handoff.desk.cases import UnknownCase
from handoff.queue import repository as queue

MOST = 20 * 1024 * 1024  # bytes; Telegram itself gives bots nothing larger
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
# What a browser may show by itself. None of these can carry a script; everything else is saved.
_SHOWN = _IMAGES | {"audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4", "video/webm"}
_NAMELESS = "application/octet-stream"


class Files(Protocol):
    """A channel whose provider keeps the files that customers send."""

    async def fetch(self, file_id: str, *, at_most: int) -> bytes | None:
        """None when it is larger than so many bytes, or not given."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a customer sent, as the provider told of it."""

    channel: str
    file_id: str
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


def kept(channel: str, sent: str, media: dict[str, Any]) -> Kept:
    """What the conversation log has of a file; one without a name is called what it is."""
    mime = str(media["mime"])
    name = media.get("name") or sent + (mimetypes.guess_extension(mime) or "")
    return Kept(channel, media["file_id"], mime, name, media.get("size"))


async def file_of(session: AsyncSession, case_id: UUID, message_id: UUID) -> Kept | None:
    """The file of a message of the case's own conversation; None when there is none. Raises
    UnknownCase."""
    case = await queue.case(session, case_id)
    if case is None:
        raise UnknownCase
    message = await repository.inbound(session, case.conversation_id, message_id)
    return None if message is None else _kept(message)


def _kept(message: InboundMessage) -> Kept | None:
    media = message.data.get("media")
    return kept(message.channel, message.text, media) if media else None
