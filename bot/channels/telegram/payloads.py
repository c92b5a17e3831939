"""What did a customer do, as Telegram tells it?

Only private chats are conversations: in a group a bill would be read by everybody. Whoever takes
the bot into a group or channel, or writes a command there, gets a polite refusal (MEDIA "group"),
once for each of them; other group talk is not ours and is ignored. An edited message is answered
too (MEDIA "edited": please write it anew), because the turn that it belonged to is over.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from bot.channels.message import Channel, Inbound, Kind
from bot.channels.numbers import e164
from bot.channels.telegram.media import Text, files_of, kind_of, place_of

Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]

_COMMAND = re.compile(r"/([a-z]+)(?:@\w+)?(?:\s|$)", re.IGNORECASE)
_COMMANDS = {
    "help": "help",
    "ajutor": "help",
    "language": "language",
    "limba": "language",
    "notices": "notices",
    "instiintari": "notices",
    "stop": "stop",
}
# What t.me/<bot>?start=... may carry.
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
# In a group or channel the bot counts as there in these states.
_INSIDE = ("member", "administrator", "restricted")


class User(BaseModel):
    id: Number
    is_bot: bool = False
    language_code: str | None = None


class Chat(BaseModel):
    id: Number
    type: str


class Contact(BaseModel):
    phone_number: Text
    user_id: Number | None = None


class Message(BaseModel):
    message_id: Number
    chat: Chat
    sender: User | None = Field(None, alias="from")
    edit_date: Number | None = None
    text: Text | None = None
    caption: Text | None = None
    contact: Contact | None = None
    forward_origin: Any = None


class PressedOn(BaseModel):
    """The message under which a button was pressed; old ones come without their content."""

    chat: Chat
    message_id: Number | None = None


class CallbackQuery(BaseModel):
    id: str = Field(min_length=1, max_length=64)
    sender: User = Field(alias="from")
    message: PressedOn | None = None
    data: Text | None = None


class Member(BaseModel):
    status: str


class MemberUpdated(BaseModel):
    chat: Chat
    sender: User = Field(alias="from")
    new_chat_member: Member


class Update(BaseModel):
    update_id: Number
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MemberUpdated | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed inline button: the query that waits for its answer, and where the button stands.
    `language` is the profile's."""

    query_id: str
    language: str | None
    token: str
    chat_id: int | None = None
    message_id: int | None = None


def parse(update: object) -> Inbound | None:
    """The message in an update (decoded JSON), or None when there is nothing for us in it.

    Never raises. The provider's message id comes from chat and message, not from update_id, so
    that webhook and long polling give one message the same id.
    """
    try:
        seen = Update.model_validate(update)
    except ValidationError:
        return None
    if seen.message:
        return _message(seen.message, _part(update, "message"))
    if seen.edited_message:
        return _edited(seen.edited_message, _part(update, "edited_message"))
    if seen.callback_query:
        return _button(seen.callback_query)
    if seen.my_chat_member:
        return _membership(seen.my_chat_member, seen.update_id)
    return None


def pressed_button(update: object) -> Press | None:
    """The callback query that has to be answered, or the phone shows a spinner."""
    try:
        query = Update.model_validate(update).callback_query
    except ValidationError:
        return None
    if query is None:
        return None
    on = query.message
    return Press(
        query.id,
        _language(query.sender),
        query.data or "",
        chat_id=on.chat.id if on else None,
        message_id=on.message_id if on else None,
    )


def _part(update: object, field: str) -> dict[str, Any]:
    """The message as it came: which media it carries stands in no field of its own."""
    body = update.get(field) if isinstance(update, dict) else None
    return body if isinstance(body, dict) else {}


def _message(message: Message, told: dict[str, Any]) -> Inbound | None:
    if message.sender is None or message.sender.is_bot:
        return None
    if message.chat.type != "private":
        asked = _COMMAND.match(message.text or "")
        return _group(message.chat, message.sender) if asked else None
    if message.contact:
        return _contact(message, message.sender, message.contact)
    if message.text:
        kind, text = _words(message.text)
        start = _start(message.text) if kind is Kind.BEGIN else ""
        return _inbound(message, message.sender, kind, text=text, start=start)
    media = kind_of(told)
    if media:
        return _inbound(
            message,
            message.sender,
            Kind.MEDIA,
            text=media,
            caption=message.caption or "",
            media=files_of(told, media),
            place=place_of(told, media) if media in ("location", "venue") else None,
        )
    return None  # a service message: pinned, auto-delete timer ...


def _words(text: str) -> tuple[Kind, str]:
    command = _COMMAND.match(text)
    name = command.group(1).lower() if command else ""
    if name == "start":
        return Kind.BEGIN, ""
    if name in _COMMANDS:
        return Kind.COMMAND, _COMMANDS[name]
    return Kind.TEXT, text


def _start(text: str) -> str:
    """What the link carried; "" when the customer came without one, or typed something."""
    carried = text.split(maxsplit=1)[1:]
    return carried[0].strip() if carried and _START.fullmatch(carried[0].strip()) else ""


def _group(chat: Chat, sender: User) -> Inbound:
    """One id for all that happens in a group: it is refused once."""
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(chat.id),
        provider_message_id=f"group:{chat.id}",
        kind=Kind.MEDIA,
        sender=str(sender.id),
        text="group",
        language_hint=_language(sender),
    )


def _contact(message: Message, sender: User, contact: Contact) -> Inbound:
    # Telegram sets user_id by the number at the time of sending: a forwarded card may be old.
    own = contact.user_id == sender.id and message.forward_origin is None
    return _inbound(
        message,
        sender,
        Kind.CONTACT,
        contact_phone=e164("+" + contact.phone_number.lstrip("+")),
        contact_is_own=own,
    )


def _edited(message: Message, told: dict[str, Any]) -> Inbound | None:
    if message.sender is None or message.sender.is_bot or message.chat.type != "private":
        return None
    if kind_of(told) == "location":
        return None  # a live location moves on by itself
    return _inbound(
        message,
        message.sender,
        Kind.MEDIA,
        text="edited",
        # For a person, who reads what the customer meant to say.
        caption=message.text or message.caption or "",
        edits=f"{message.chat.id}:{message.message_id}",
    )


def _button(query: CallbackQuery) -> Inbound | None:
    on = query.message
    if on is None or not query.data or on.chat.type != "private":
        return None
    if on.chat.id != query.sender.id:
        return None  # a private chat is its customer's alone
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(on.chat.id),
        provider_message_id=f"button:{query.id}",
        kind=Kind.BUTTON,
        sender=str(query.sender.id),
        text=query.data,
        language_hint=_language(query.sender),
    )


def _membership(change: MemberUpdated, update_id: int) -> Inbound | None:
    """Blocking the bot ends the conversation, letting it in again opens it."""
    status = change.new_chat_member.status
    if change.chat.type != "private":
        return _group(change.chat, change.sender) if status in _INSIDE else None
    if status not in ("kicked", "member"):
        return None
    blocked = status == "kicked"
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(change.chat.id),
        provider_message_id=f"{'blocked' if blocked else 'returned'}:{update_id}",
        kind=Kind.HANGUP if blocked else Kind.RETURN,
        sender=str(change.sender.id),
        language_hint=_language(change.sender),
    )


def _inbound(
    message: Message,
    sender: User,
    kind: Kind,
    *,
    text: str = "",
    caption: str = "",
    **more: Any,
) -> Inbound:
    edition = "" if message.edit_date is None else f":{message.edit_date}"
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(message.chat.id),
        provider_message_id=f"{message.chat.id}:{message.message_id}{edition}",
        kind=kind,
        sender=str(sender.id),
        text=text,
        caption=caption,
        language_hint=_language(sender),
        **more,
    )


def _language(sender: User) -> str | None:
    prefix = (sender.language_code or "")[:2].lower()
    return prefix if prefix in ("ro", "en") else None
