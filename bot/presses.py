"""What becomes of a pressed button, the first time that its press is delivered?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.message import Inbound, Kind, Pressed, Use
from handoff.conversations import Conversation, buttons
from handoff.conversations.models import ButtonToken


async def button_of(
    session: AsyncSession, conversation: Conversation, inbound: Inbound
) -> ButtonToken | None:
    """The button that was pressed; None for other messages, and for one that was never shown."""
    if inbound.kind != Kind.BUTTON:
        return None
    return await buttons.pressed(session, conversation.id, inbound.text)


async def use_up(
    session: AsyncSession,
    conversation: Conversation,
    inbound: Inbound,
    button: ButtonToken | None,
    *,
    now: datetime,
) -> Pressed | None:
    """Whether the press counts, to be told where the customer pressed; None for other messages."""
    if inbound.kind != Kind.BUTTON:
        return None
    if button is None:
        return Pressed(Use.UNKNOWN, conversation.language)
    counts = await buttons.use_up(session, button, now=now)
    return Pressed(Use.COUNTS if counts else Use.USED, conversation.language, button.title)
