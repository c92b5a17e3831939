"""What is kept of a message that came in, in which conversation, and may notices go there?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import masking
from bot.channels.message import Inbound, Kind, Media
from handoff.conversations import Conversation, inbox

_SPOKEN_KINDS = (Kind.TEXT, Kind.SPEECH, Kind.KEYS)


async def conversation_of(
    session: AsyncSession, inbound: Inbound, *, now: datetime
) -> Conversation:
    """The open one of its address; who lets the bot in again finds the last one there."""
    if inbound.kind == Kind.RETURN:
        again = await inbox.reopen(
            session, channel=inbound.channel, address=inbound.address, now=now
        )
        if again is not None:
            return again
    return await inbox.open_conversation(
        session,
        channel=inbound.channel,
        address=inbound.address,
        sender=inbound.sender,
        phone=inbound.phone,
        language_hint=inbound.language_hint,
        now=now,
    )


def follow_consent(conversation: Conversation, inbound: Inbound, *, now: datetime) -> None:
    """STOP ends notices at this address, START (or beginning anew) brings them back. What the
    customer asks is answered all the same. Who writes can be reached again."""
    conversation.unreachable_at = None
    if inbound.kind == Kind.COMMAND and inbound.text == "stop":
        conversation.opted_out_at = conversation.opted_out_at or now
    elif inbound.kind == Kind.BEGIN or (inbound.kind == Kind.COMMAND and inbound.text == "start"):
        conversation.opted_out_at = None


def masked(inbound: Inbound, expects: str | None) -> tuple[str, str | None]:
    """The words without what may never be stored, and the awaited secret if they held it."""
    if inbound.kind in _SPOKEN_KINDS and expects in ("code", "pin"):
        return masking.take_secret(inbound.text, expects)
    return masking.mask(inbound.text), None


def data_of(inbound: Inbound, *, awaited: str | None) -> dict[str, Any]:
    """The rest of what the provider told, by name, as far as it may be kept. `awaited`: the kind
    of secret that the words held."""
    told = {
        "caption": masking.mask(inbound.caption) or None,
        "contact_phone": inbound.contact_phone,
        "contact_is_own": inbound.contact_is_own or None,
        "confidence": inbound.confidence,
        "secret": awaited,
        "answered": inbound.answered or None,
        "media": [_told(each) for each in inbound.media] or None,
        "place": inbound.place,
        "edits": inbound.edits,
        "start": inbound.start or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _told(media: Media) -> dict[str, Any]:
    return {name: value for name, value in asdict(media).items() if value not in (None, "")}
