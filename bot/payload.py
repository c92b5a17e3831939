"""What is Rasa told that the customer did?

Only our server makes commands: text typed by a person can never be one. Secrets and customer
numbers do not travel; Rasa hears that one was given.
"""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from bot import consent
from bot.actions import choices, naming
from bot.channels.message import Channel, Kind
from handoff.conversations import Conversation, InboundMessage, buttons
from handoff.conversations.models import ButtonToken

COMMANDS = {
    "help": "/ask_capabilities",
    "language": "/change_language",
    "notices": choices.payload("notices:show"),
    "stop": choices.payload("notices:stop"),
}
# A division slash: looks the same to a reader, is no command to Rasa.
HARMLESS_SLASH = "\u2215"

# A command that we don't have; what only begins with a slash is words.
_COMMAND = re.compile(r"/\w+(?:@\w+)?(?:\s|$)")
_CUSTOMER_NUMBER = re.compile(r"(?<!\d)(?:\d[ .-]?){7}\d(?!\d)")
# More than these is a sentence with a will of its own.
_FEW_WORDS = 6
_CHOICE = re.compile(r"\s*([1-9])\s*[.)]?\s*")


async def chosen(
    session: AsyncSession, conversation: Conversation, message: InboundMessage
) -> str | None:
    """The payload of the button that was pressed, typed as its number, or keyed; None if none."""
    if message.kind == Kind.BUTTON:
        button = await buttons.pressed(session, conversation.id, message.text)
    elif message.kind in (Kind.TEXT, Kind.KEYS) and (digit := _CHOICE.fullmatch(message.text)):
        button = await buttons.numbered(session, conversation.id, int(digit[1]))
    elif message.kind in (Kind.TEXT, Kind.SPEECH) and "secret" not in message.data:
        button = await _said(session, conversation, message.text)
    else:
        return None
    return None if button is None else button.payload


async def _said(
    session: AsyncSession, conversation: Conversation, words: str
) -> ButtonToken | None:
    """The choice of the newest message whose words were said instead of its number. Only while
    the bot waits for a choice: at other times the words may mean more than the button."""
    if conversation.expects not in choices.EXPECTS or len(words.split()) > _FEW_WORDS:
        return None
    shown = await buttons.newest(session, conversation.id)
    titles = {button.number: button.title.split(",") for button in shown}
    number = naming.the_only(words, titles, naming.ENOUGH_OF_A_CHOICE)
    return next((button for button in shown if button.number == number), None)


def payload(message: InboundMessage, expects: str | None) -> str:
    """What Rasa is sent for a message that was no choice: a command of ours, or harmless text."""
    match message.kind:
        case Kind.BEGIN:
            return "/begin"
        case Kind.CONTACT:
            return "/share_contact"
        case Kind.COMMAND:
            return COMMANDS.get(message.text, "/ask_capabilities")
        case Kind.SILENCE:
            return "/silence"
        case Kind.BUTTON:
            return "/unsupported"
        case Kind.MEDIA if "caption" not in message.data or "edits" in message.data:
            return "/unsupported"
        case Kind.TEXT if message.channel == Channel.TELEGRAM and _COMMAND.match(message.text):
            return "/ask_capabilities"
    if "secret" in message.data:
        return f"/provide_{message.data['secret']}"
    words: str = message.data["caption"] if message.kind == Kind.MEDIA else message.text
    if expects == "customer_number" and _CUSTOMER_NUMBER.search(words):
        return "/provide_customer_number"
    if message.kind == Kind.KEYS:
        # Keys that answer nothing that was asked; 0 calls a person, as on every switchboard.
        return "/talk_to_human" if words == "0" else "/silence"
    return harmless(words)


def wish_about_notices(message: InboundMessage, expects: str | None) -> str | None:
    """What Rasa is sent for words about notices, said when nothing else was asked."""
    if expects is not None or message.kind not in (Kind.TEXT, Kind.SPEECH):
        return None
    wish = consent.wish(message.text)
    return None if wish is None else choices.payload(f"notices:{wish}")


def harmless(words: str) -> str:
    """Text that Rasa cannot take for a command, and is never empty."""
    text = words.strip()
    if text.startswith("/"):
        text = HARMLESS_SLASH + text[1:]
    return text or HARMLESS_SLASH
