"""What does a customer get who texts STOP, START or HELP, whoever owns the conversation?

Networks and law want these words answered at once and always: they go neither to Rasa nor wait
for an agent. What STOP and START change was done when the message came in (intake.py).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.message import Channel, Kind
from handoff.conversations import Author, Conversation, Draft, InboundMessage, Part, outbox

_ANSWERS = {"stop": "utter_sms_stopped", "start": "utter_sms_started", "help": "utter_sms_help"}


def is_one(message: InboundMessage) -> bool:
    return message.channel == Channel.SMS and message.kind == Kind.COMMAND


async def answer(
    session: AsyncSession,
    conversation: Conversation,
    message: InboundMessage,
    *,
    company: str,
    now: datetime,
) -> None:
    """Put the answer in the outbox, unless the provider has given its own already."""
    if message.data.get("answered"):
        return
    await outbox.write(
        session,
        conversation,
        Draft(parts=[Part(_ANSWERS[message.text], {"company": company})]),
        author=Author.BOT,
        in_reply_to=message.id,
        key=f"{outbox.KEYWORD}{message.id}",
        now=now,
    )
