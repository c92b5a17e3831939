"""What did a customer write, as Twilio's SMS webhook tells it?"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.channels.message import Channel, Inbound, Kind
from bot.channels.numbers import e164, language_of

Sid = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]

# Whole messages that sign a number off and on again, as the networks and Twilio know them. CANCEL,
# END and YES are left out: they answer questions of ours. (Twilio may take STOP at its own door
# too, and then tells it in OptOutType.)
_SIGN_OFF = {"stop", "stopall", "unsubscribe", "dezabonare"}
_SIGN_ON = {"start", "unstop"}
_OPT_OUT_TYPES = {"STOP": "stop", "START": "start", "HELP": "help"}
_NOT_A_LETTER = re.compile(r"\W+")

_MEDIA = {"image": "photo", "audio": "voice", "video": "video"}
_FINAL = {"delivered": "delivered", "undelivered": "undelivered", "failed": "failed"}


def _count(text: object) -> object:
    return text if isinstance(text, str) and text.isascii() and text.isdigit() else 0


class Sms(BaseModel):
    sid: Sid = Field(alias="MessageSid")
    sender: str = Field(alias="From")
    body: str = Field("", alias="Body")
    media: Annotated[int, BeforeValidator(_count)] = Field(0, alias="NumMedia")
    media_type: str = Field("", alias="MediaContentType0")
    opt_out: str = Field("", alias="OptOutType")


class Status(BaseModel):
    sid: Sid = Field(alias="MessageSid")
    status: str = Field(alias="MessageStatus")


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
    )


def parse_status(form: dict[str, str]) -> tuple[str, str] | None:
    """(MessageSid, "delivered" | "undelivered" | "failed"); None for the stages before."""
    try:
        receipt = Status.model_validate(form)
    except ValidationError:
        return None
    final = _FINAL.get(receipt.status)
    return (receipt.sid, final) if final else None


def _words(sms: Sms) -> tuple[Kind, str]:
    if sms.opt_out in _OPT_OUT_TYPES:
        return Kind.COMMAND, _OPT_OUT_TYPES[sms.opt_out]
    body = sms.body.strip()
    word = _NOT_A_LETTER.sub("", body).casefold()
    if word in _SIGN_OFF:
        return Kind.COMMAND, "stop"
    if word in _SIGN_ON:
        return Kind.COMMAND, "start"
    if body:
        return Kind.TEXT, body
    if sms.media:
        return Kind.MEDIA, _MEDIA.get(sms.media_type.partition("/")[0], "document")
    return Kind.MEDIA, "empty"
