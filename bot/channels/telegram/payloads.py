"""What did a customer do, as Telegram tells it?

Only private chats are conversations: in a group a bill would be read by everybody. A command in
a group gets a polite refusal (MEDIA "group"), other group talk is not ours and is ignored. An
edited message is answered too (MEDIA "edited": please write it anew), because the turn that it
belonged to is over.
"""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.channels.message import Channel, Inbound, Kind
from bot.channels.numbers import e164
from bot.masking import whole

Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
# Python's JSON reader lets half an emoji through; PostgreSQL does not.
Text = Annotated[
    str, BeforeValidator(lambda value: whole(value) if isinstance(value, str) else value)
]

_COMMAND = re.compile(r"/([a-z]+)(?:@\w+)?(?:\s|$)", re.IGNORECASE)
_COMMANDS = {
    "help": "help",
    "ajutor": "help",
    "language": "language",
    "limba": "language",
    "stop": "stop",
}
_MEDIA = (
    "photo", "voice", "audio", "video", "video_note", "animation", "document", "sticker",
    "location", "venue", "poll", "dice", "story", "paid_media", "game", "checklist",
)  # fmt: skip


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
        return _message(seen.message, _media_of(update, "message"))
    if seen.edited_message:
        return _edited(seen.edited_message, _media_of(update, "edited_message"))
    if seen.callback_query:
        return _button(seen.callback_query)
    if seen.my_chat_member:
        return _membership(seen.my_chat_member, seen.update_id)
    return None


def pressed_button(update: object) -> str | None:
    """The id of a callback query that has to be answered, or the phone shows a spinner."""
    try:
        query = Update.model_validate(update).callback_query
    except ValidationError:
        return None
    return query.id if query else None


def _media_of(update: object, field: str) -> str | None:
    """Which kind of media a message carries; its content is never read."""
    body = update.get(field) if isinstance(update, dict) else None
    if not isinstance(body, dict):
        return None
    return next((name for name in _MEDIA if body.get(name) is not None), None)


def _message(message: Message, media: str | None) -> Inbound | None:
    if message.sender is None or message.sender.is_bot:
        return None
    if message.chat.type != "private":
        asked = _COMMAND.match(message.text or "")
        return _inbound(message, message.sender, Kind.MEDIA, text="group") if asked else None
    if message.contact:
        return _contact(message, message.sender, message.contact)
    if message.text:
        kind, text = _words(message.text)
        return _inbound(message, message.sender, kind, text=text)
    if media:
        return _inbound(
            message, message.sender, Kind.MEDIA, text=media, caption=message.caption or ""
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


def _edited(message: Message, media: str | None) -> Inbound | None:
    if message.sender is None or message.sender.is_bot or message.chat.type != "private":
        return None
    if media == "location":
        return None  # a live location moves on by itself
    return _inbound(message, message.sender, Kind.MEDIA, text="edited")


def _button(query: CallbackQuery) -> Inbound | None:
    if query.message is None or not query.data or query.message.chat.type != "private":
        return None
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(query.message.chat.id),
        provider_message_id=f"button:{query.id}",
        kind=Kind.BUTTON,
        sender=str(query.sender.id),
        text=query.data,
        language_hint=_language(query.sender),
    )


def _membership(change: MemberUpdated, update_id: int) -> Inbound | None:
    """Blocking the bot ends the conversation; unblocking is followed by /start."""
    if change.chat.type != "private" or change.new_chat_member.status != "kicked":
        return None
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(change.chat.id),
        provider_message_id=f"blocked:{update_id}",
        kind=Kind.HANGUP,
        sender=str(change.sender.id),
    )


def _inbound(
    message: Message,
    sender: User,
    kind: Kind,
    *,
    text: str = "",
    caption: str = "",
    contact_phone: str | None = None,
    contact_is_own: bool = False,
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
        contact_phone=contact_phone,
        contact_is_own=contact_is_own,
    )


def _language(sender: User) -> str | None:
    prefix = (sender.language_code or "")[:2].lower()
    return prefix if prefix in ("ro", "en") else None
