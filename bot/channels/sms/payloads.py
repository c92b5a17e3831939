"""What did a customer write, as Twilio's SMS webhook tells it?"""

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.channels.message import Channel, Inbound, Kind, Media
from bot.channels.numbers import e164, language_of
from handoff.conversations import Report, Status

Sid = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]

# Whole messages that sign a number off and on again, and ask who we are, as the networks, Twilio
# and Romanian senders know them. CANCEL, END and YES are left out: they answer questions of ours.
# (Twilio may take them at its own door too, and then tells it in OptOutType.)
_WORDS = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "dezabonare", "dezabonez"), "stop"),
    **dict.fromkeys(("start", "unstop", "abonare"), "start"),
    **dict.fromkeys(("help", "info", "ajutor", "informatii", "informații"), "help"),
}
_OPT_OUT_TYPES = {"STOP": "stop", "START": "start", "HELP": "help"}
_NOT_A_LETTER = re.compile(r"\W+")

_MEDIA = {"image": "photo", "audio": "voice", "video": "video"}
_MOST_MEDIA = 10  # as many as Twilio takes in one message
_KEPT_MEDIA = re.compile(r"/Messages/([A-Za-z0-9]{1,64})/Media/([A-Za-z0-9]{1,64})$")

# Before "delivered" Twilio tells the stages of a message that it took.
_STATES = {
    **dict.fromkeys(("accepted", "queued", "sending", "sent"), Status.SENT),
    "delivered": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
}
# Why it did not arrive: https://www.twilio.com/docs/api/errors
_REASONS = {
    "21610": "opted_out",
    "21211": "invalid_address",
    "21614": "landline",
    "30003": "switched_off",
    "30004": "blocked",
    "30005": "invalid_address",
    "30006": "landline",
    "30007": "filtered",
    "30008": "undelivered",
}


def _count(text: object) -> object:
    return text if isinstance(text, str) and text.isascii() and text.isdigit() else 0


class Sms(BaseModel):
    sid: Sid = Field(alias="MessageSid")
    sender: str = Field(alias="From")
    body: str = Field("", alias="Body")
    media: Annotated[int, BeforeValidator(_count)] = Field(0, alias="NumMedia")
    media_type: str = Field("", alias="MediaContentType0")
    opt_out: str = Field("", alias="OptOutType")
    recipient: str = Field("", alias="To")


class Callback(BaseModel):
    sid: Sid = Field(alias="MessageSid")
    status: str = Field(alias="MessageStatus")
    error: str = Field("", alias="ErrorCode")


class Ours(BaseModel):
    """What we gave along with the callback's address."""

    message: UUID | None = None
    part: int = Field(1, ge=1, le=99)
    of: int = Field(1, ge=1, le=99)


def parse(form: dict[str, str]) -> Inbound | None:
    """The message in a webhook's form, or None when nobody can be answered: no id, or a sender
    that is a short code or a name. Never raises."""
    try:
        sms = Sms.model_validate(form)
    except ValidationError:
        return None
    phone = e164(sms.sender)
    if phone is None:
        return None
    kind, text = _words(sms)
    return Inbound(
        channel=Channel.SMS,
        address=phone,
        provider_message_id=sms.sid,
        kind=kind,
        sender=phone,
        text=text,
        language_hint=language_of(phone),
        phone=phone,
        line=e164(sms.recipient),
        media=_media(form, sms.media),
        answered=sms.opt_out in _OPT_OUT_TYPES,
    )


def parse_status(form: Mapping[str, str], query: Mapping[str, str]) -> Report | None:
    """What a status callback reports, or None for what is no report. `query` is our own part of
    its address. Never raises."""
    try:
        told = Callback.model_validate(form)
        ours = Ours.model_validate(query)
    except ValidationError:
        return None
    state = _STATES.get(told.status)
    if state is None:
        return None
    return Report(
        channel=Channel.SMS,
        provider_message_id=told.sid,
        status=state,
        reason=_REASONS.get(told.error, "undelivered") if state == Status.FAILED else None,
        message_id=ours.message,
        part=ours.part,
        of=ours.of,
    )


def _words(sms: Sms) -> tuple[Kind, str]:
    if sms.opt_out in _OPT_OUT_TYPES:
        return Kind.COMMAND, _OPT_OUT_TYPES[sms.opt_out]
    body = sms.body.strip()
    word = _WORDS.get(_NOT_A_LETTER.sub("", body).casefold())
    if word is not None:
        return Kind.COMMAND, word
    if body:
        return Kind.TEXT, body
    if sms.media:
        return Kind.MEDIA, _MEDIA.get(sms.media_type.partition("/")[0], "document")
    return Kind.MEDIA, "empty"


def _media(form: Mapping[str, str], count: int) -> tuple[Media, ...]:
    """Where Twilio keeps each one: its ids, not its address, which nobody should follow blindly."""
    found = []
    for number in range(min(count, _MOST_MEDIA)):
        kept = _KEPT_MEDIA.search(form.get(f"MediaUrl{number}", ""))
        if kept is not None:
            mime = form.get(f"MediaContentType{number}", "").partition(";")[0].strip().lower()
            found.append(Media(f"{kept[1]}/{kept[2]}", mime[:80]))
    return tuple(found)
