"""What happened in a call, as Twilio's voice webhooks tell it?

Which step of the call a request belongs to stands in its address (steps.py), not in its form.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.channels.message import Channel, Inbound, Kind
from bot.channels.numbers import e164, language_of

_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_NO_PLACE = frozenset({"queue-full", "error", "system-error"})
_NOT_A_KEY = re.compile(r"[^0-9*]")


def _fraction(text: object) -> float | None:
    """Twilio writes the confidence as "0.9181"; anything else says nothing."""
    try:
        # Nought is what a model says that tells none.
        number = float(text) if isinstance(text, str) else 0.0
    except ValueError:
        return None
    return number if 0 < number <= 1 else None


class CallRequest(BaseModel):
    """One request of Twilio's about a live or an ended call."""

    sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")] = Field(alias="CallSid")
    caller: str = Field("", alias="From")
    to: str = Field("", alias="To")
    direction: str = Field("", alias="Direction")
    status: str = Field("", alias="CallStatus")
    answered_by: str = Field("", alias="AnsweredBy")
    speech: str = Field("", alias="SpeechResult")
    confidence: Annotated[float | None, BeforeValidator(_fraction)] = Field(
        None, alias="Confidence"
    )
    digits: str = Field("", alias="Digits")
    queue_result: str = Field("", alias="QueueResult")

    @property
    def person(self) -> str | None:
        """The number of the person on the line, whoever called whom; None when it is hidden."""
        return e164(self.to if self.direction.startswith("outbound") else self.caller)

    @property
    def by_machine(self) -> bool:
        return self.answered_by.startswith("machine") or self.answered_by == "fax"

    @property
    def is_over(self) -> bool:
        return self.status in _OVER

    @property
    def found_no_place(self) -> bool:
        """Twilio would not keep the caller in its queue."""
        return self.queue_result in _NO_PLACE


def parse(form: dict[str, str]) -> CallRequest | None:
    """The request in a webhook's form, or None without the id of a call. Never raises."""
    try:
        return CallRequest.model_validate(form)
    except ValidationError:
        return None


def begun(call: CallRequest, step: str) -> Inbound:
    """Somebody calls."""
    return _inbound(call, step, Kind.BEGIN)


def said(call: CallRequest, step: str) -> Inbound:
    """What the caller answered: keys, words, or nothing."""
    keys = _NOT_A_KEY.sub("", call.digits)
    speech = call.speech.strip()
    if keys:
        return _inbound(call, step, Kind.KEYS, keys)
    if speech:
        return _inbound(call, step, Kind.SPEECH, speech)
    return _inbound(call, step, Kind.SILENCE)


def known(call: CallRequest, step: int) -> Inbound:
    """Only asks the door for what is stored of a step already: it has this message's id."""
    return _inbound(call, str(step), Kind.SILENCE)


def hung_up(call: CallRequest) -> Inbound:
    """The call is over; told once, whoever tells it first."""
    return _inbound(call, "end", Kind.HANGUP)


def _inbound(call: CallRequest, step: str, kind: Kind, text: str = "") -> Inbound:
    phone = call.person
    return Inbound(
        channel=Channel.VOICE,
        # A call is a conversation of its own: two hidden callers never share one.
        address=call.sid,
        provider_message_id=f"{call.sid}:{step}",
        kind=kind,
        sender=phone or f"withheld:{call.sid}",
        text=text,
        language_hint=language_of(phone),
        phone=phone,
        confidence=call.confidence if kind is Kind.SPEECH else None,
    )
