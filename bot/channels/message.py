"""What does every channel share: what came in, what goes out, and how sending can fail?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from handoff.conversations import Report


class Channel(StrEnum):
    TELEGRAM = "telegram"
    SMS = "sms"
    VOICE = "voice"


class Kind(StrEnum):
    """What the customer did."""

    BEGIN = "begin"  # /start, or a call begins
    TEXT = "text"  # typed words
    SPEECH = "speech"  # words as the telephone company understood them
    KEYS = "keys"  # telephone keys
    BUTTON = "button"  # `text` is the opaque token of a button
    COMMAND = "command"  # /help, /language, /stop: `text` without the slash
    CONTACT = "contact"  # a shared contact: `contact_phone`, `contact_is_own`
    MEDIA = "media"  # photo, voice note, sticker, MMS: `text` is its kind; caption in `caption`
    SILENCE = "silence"  # the caller said nothing
    HANGUP = "hangup"  # the call is over, or the bot was blocked
    RETURN = "return"  # the bot was let in again: it may write


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a customer sent: where the provider keeps it, not the file. `reference` is what
    the channel fetches it by."""

    reference: str
    mime: str
    size: int | None = None  # bytes, where the provider tells
    name: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a customer did, as the provider told it; nothing is masked yet.

    `address` is where answers go and what a conversation is bound to: Telegram chat id, phone
    number in E.164 for SMS, CallSid for a call. `sender` is the address that lockouts count:
    Telegram user id, phone number in E.164, or "withheld:<CallSid>" for a hidden caller.
    `line` is our number that they wrote to, where we have several.
    """

    channel: Channel
    address: str
    provider_message_id: str
    kind: Kind
    sender: str
    text: str = ""
    caption: str = ""
    language_hint: str | None = None  # "ro" or "en": Telegram's profile, a number's prefix
    phone: str | None = None  # the sender's number where the provider vouches for it
    contact_phone: str | None = None
    contact_is_own: bool = False
    confidence: float | None = None  # of speech recognition, 0 to 1
    line: str | None = None
    answered: bool = False  # by the provider itself (STOP, START, HELP at Twilio's own door)
    media: tuple[Media, ...] = ()  # the files that came along
    place: str | None = None  # of a shared location: "latitude,longitude"
    edits: str | None = None  # MEDIA "edited": the message whose words were changed
    start: str = ""  # BEGIN: what the link carried by which the customer came


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    token: str  # opaque; at most 32 bytes (Telegram allows 64)


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message, on channels that take files."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to a customer, worded and ready."""

    channel: Channel
    address: str
    text: str
    language: str
    buttons: tuple[Button, ...] = ()
    ask_contact: bool = False  # Telegram: show "share my number"
    hang_up: bool = False  # phone: the call ends after these words
    must_hear: bool = False  # phone: these words cannot be talked over
    file: File | None = None  # Telegram: the text is its caption
    line: str | None = None  # our number that they wrote to: the answer comes from there
    id: UUID | None = None  # ours, for receipts


@dataclass(frozen=True, slots=True)
class Delivered:
    provider_message_id: str
    segments: int | None = None  # of an SMS: what it costs


class DeliveryFailed(Exception):
    """The provider did not take the message.

    `permanent`: never again (blocked, invalid number). `retry_after`: seconds the provider asks
    for. `uncertain`: it may have been taken (time-out after sending): never sent again blindly.
    `everywhere`: a limit of the whole channel, not of this chat. `reason` is one of ours: blocked,
    opted_out, invalid_address, landline, rate_limited, rejected, unreachable, timeout.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        everywhere: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.uncertain = uncertain
        self.everywhere = everywhere
        self.retry_after = retry_after


class Sender(Protocol):
    """A channel's way out; the phone has none (its webhook answers itself)."""

    async def send(self, message: Outbound) -> Delivered: ...


class Use(StrEnum):
    """What became of a pressed button."""

    COUNTS = "counts"
    USED = "used"  # one of its message's buttons was pressed before
    UNKNOWN = "unknown"  # this conversation was never shown it


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed, in a conversation of that language."""

    use: Use
    language: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An inbound message is stored. `answer` is what the provider was told the first time
    (TwiML) when the delivery is a repeated one that was already answered. `pressed`: of a
    button, the first time that its press is delivered."""

    conversation_id: UUID
    message_id: UUID
    repeated: bool
    answer: str | None = None
    pressed: Pressed | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What there is to say to a caller now, and how to go on.

    `pending`: the turn is not finished yet, ask again. `owner`: bot, queue or agent.
    `expects`: what the bot has asked (see docs: the border to Rasa), so that keys can be
    gathered. `connect`: a number to Dial, when the agent wants to speak by phone. `slow`: the
    caller asked to be spoken to slowly.
    """

    messages: tuple[Outbound, ...]
    language: str
    owner: str
    expects: str | None = None
    pending: bool = False
    connect: str | None = None
    slow: bool = False


class Door(Protocol):
    """What a webhook may do with a message: hand it in and, on the phone, wait for words."""

    async def accept(self, inbound: Inbound) -> Receipt:
        """Mask and store one message; a repeated delivery changes nothing."""
        ...

    async def spoken(self, conversation_id: UUID, *, document: str, wait: float) -> Spoken:
        """For the phone: wait at most `wait` seconds for words that are due to the caller and
        take them (each is said once). With wait=0 answers what is there. `document` names what
        will carry them: asked for again by the same name, they are the same words."""
        ...

    async def remember_answer(self, message_id: UUID, answer: str) -> None:
        """Keep the TwiML given, so that a repeated delivery gets the same."""
        ...

    async def delivery_status(self, report: Report) -> None:
        """A receipt from the provider: sent, delivered or failed."""
        ...
