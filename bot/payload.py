"""What is Rasa told that the customer did?

Only our server makes commands: text typed by a person can never be one. Secrets and customer
numbers do not travel; Rasa hears that one was given.
"""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from bot import consent, waiting
from bot.actions import choices, naming
from bot.actions.dispute_lines import WHOLE, whole_bill_in
from bot.actions.open_dispute import LINE, REASON
from bot.actions.request_payment_plan import PARTS
from bot.channels.message import Channel, Kind
from bot.noise import is_noise
from bot.places import place_in
from handoff.conversations import Conversation, InboundMessage, Owner, buttons
from handoff.conversations.models import ButtonToken

COMMANDS = {
    "help": "/ask_capabilities",
    "language": "/change_language",
    "notices": choices.payload("notices:show"),
    "stop": choices.payload("notices:stop"),
}
# A division slash: looks the same to a reader, is no command to Rasa.
HARMLESS_SLASH = "\u2215"

NOTHING_SAID = "/silence"

# What the bot waits for after it has listed what can be chosen. Of a day "doi" is the second of
# the month, and "a doua" the second that was listed.
_DAY = "extension_date"
_LISTED = (*choices.EXPECTS, LINE, REASON, _DAY)

# A command that we don't have; what only begins with a slash is words.
_COMMAND = re.compile(r"/\w+(?:@\w+)?(?:\s|$)")
_CUSTOMER_NUMBER = re.compile(r"(?<!\d)(?:\d[ .-]?){7}\d(?!\d)")
# More than these is a sentence with a will of its own.
_FEW_WORDS = 6
# "toată", "all of it": too little for the intent model to tell an answer from a greeting.
_BARE_ANSWER = 3
# What a caller can have by a key when nothing is asked, in the order of utter_keys_for_all.
_MENU = {"1": "/check_balance", "2": "/explain_bill", "3": "/talk_to_human"}
_SECRETS = ("code", "pin")
_YES_NO = ("/affirm", "/deny")
_CHOICE = re.compile(r"\s*([1-9])\s*[.)]?\s*")


async def chosen(
    session: AsyncSession,
    conversation: Conversation,
    message: InboundMessage,
    expects: str | None,
) -> str | None:
    """The payload of the button that was pressed, typed as its number, or keyed; None if none."""
    if message.kind == Kind.BUTTON:
        button = await buttons.pressed(session, conversation.id, message.text)
    elif message.kind in (Kind.TEXT, Kind.KEYS) and (digit := _CHOICE.fullmatch(message.text)):
        asked = _still_asked(conversation, expects)
        button = await buttons.numbered(session, conversation.id, int(digit[1]), asked=asked)
        if button is not None and _may_be_parts(conversation, message, button):
            return None
    elif message.kind in (Kind.TEXT, Kind.SPEECH) and "secret" not in message.data:
        button = await _said(session, conversation, message.text, expects)
    else:
        return None
    if button is None:
        return _about_waiting(conversation, message)
    return button.payload


def _may_be_parts(conversation: Conversation, message: InboundMessage, button: ButtonToken) -> bool:
    """On Telegram no yes or no is shown with a number: "2" is another number of parts."""
    question = conversation.dialogue.get("confirm") or {}
    return (
        message.kind == Kind.TEXT
        and message.channel == Channel.TELEGRAM
        and question.get("what") == "arrange_instalments"
        and button.payload in _YES_NO
    )


def _about_waiting(conversation: Conversation, message: InboundMessage) -> str | None:
    """What the waiting menu is asked in words."""
    if conversation.owner != Owner.QUEUE or message.kind not in (Kind.TEXT, Kind.SPEECH):
        return None
    return waiting.wish(message.text)


def _still_asked(conversation: Conversation, expects: str | None) -> str | None:
    """The question that keeps the choices that it was asked with, whatever was said since. "How
    many instalments?" keeps none: asked again, a number is how many."""
    if conversation.owner == Owner.QUEUE:
        return Owner.QUEUE
    return None if expects == PARTS else expects


async def _said(
    session: AsyncSession, conversation: Conversation, words: str, expects: str | None
) -> ButtonToken | None:
    """The choice whose place on the list ("the second one") or whose words were said, not its
    number. Only while the bot waits for a choice: at other times the words may mean more than the
    button."""
    if expects not in _LISTED or len(words.split()) > _FEW_WORDS:
        return None
    asked = _still_asked(conversation, expects)
    shown = await buttons.counting(session, conversation.id, asked=asked)
    number = place_in(words, len(shown), numbers=expects != _DAY)
    if number is None and expects in choices.EXPECTS:
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
            return NOTHING_SAID
        case Kind.BUTTON:
            return "/unsupported"
        case Kind.MEDIA if "caption" not in message.data or "edits" in message.data:
            return "/unsupported"
    if "secret" in message.data:
        return f"/provide_{message.data['secret']}"
    words: str = message.data["caption"] if message.kind == Kind.MEDIA else message.text
    if message.kind == Kind.SPEECH and is_noise(words):
        return NOTHING_SAID
    if message.channel == Channel.TELEGRAM and _COMMAND.match(message.text):
        return "/ask_capabilities"
    return _wish(message, expects) or _answer(message, words, expects) or harmless(words)


def _wish(message: InboundMessage, expects: str | None) -> str | None:
    """Words about notices, said when nothing else was asked."""
    if expects is not None or message.kind not in (Kind.TEXT, Kind.SPEECH):
        return None
    wish = consent.wish(message.text)
    return None if wish is None else choices.payload(f"notices:{wish}")


def _answer(message: InboundMessage, words: str, expects: str | None) -> str | None:
    """An answer to what was asked that its form alone gives away."""
    if expects == "customer_number" and _CUSTOMER_NUMBER.search(words):
        return "/provide_customer_number"
    if expects == LINE and len(words.split()) <= _BARE_ANSWER and whole_bill_in(words):
        return choices.payload(f"line:{WHOLE}")
    return _keyed(words, expects) if message.kind == Kind.KEYS else None


def _keyed(keys: str, expects: str | None) -> str:
    """Keys that chose nothing: 0 calls a person, as on every switchboard, and the star says it
    again, or sends a code to who cannot key in what is asked."""
    if keys == "0":
        return "/talk_to_human"
    if keys == "*":
        return "/send_code" if expects in _SECRETS else "/repeat"
    if expects == PARTS and keys in "23456789":
        return choices.payload(f"parts:{keys}")
    if expects is None and keys in _MENU:
        return _MENU[keys]
    return NOTHING_SAID  # they answer nothing that was asked


def harmless(words: str) -> str:
    """Text that Rasa cannot take for a command, and is never empty."""
    text = words.strip()
    if text.startswith("/"):
        text = HARMLESS_SLASH + text[1:]
    return text or HARMLESS_SLASH
