"""How does a script, or the page, make a call and speak in it?"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.simulator.live_call import LiveCall
from bot.channels.simulator.problem import ProblemRoute
from bot.channels.simulator.sms_routes import Phone
from bot.channels.simulator.telegram_routes import After, Wait
from bot.channels.simulator.voice_phone import VoicePhones

KEYS = r"^[0-9*#]{1,64}$"


class _Deed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Dialling(_Deed):
    withheld: bool = False


class Speech(_Deed):
    """Words, with what the speech recognition makes of their clarity; or the last request again."""

    text: str | None = Field(None, min_length=1, max_length=4_000)
    confidence: float = Field(0.92, ge=0, le=1)
    repeat_last: Literal[True] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.text is None) == (self.repeat_last is None):
            raise ValueError("give either text or repeat_last")
        return self


class KeyPresses(_Deed):
    keys: Annotated[str, Field(pattern=KEYS)] | None = None
    repeat_last: Literal[True] | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.keys is None) == (self.repeat_last is None):
            raise ValueError("give either keys or repeat_last")
        return self


class HangingUp(_Deed):
    """`by`: the caller, or the other party of a connected call."""

    by: Literal["caller", "other"] = "caller"


class TakingUp(_Deed):
    """Who takes a ringing phone up."""

    by: Literal["human", "machine"] = "human"


class Patience(_Deed):
    """Seconds that scripts are kept: until the phone listens, and until it has settled after."""

    listening: float = 10.0
    settling: float = 20.0


def make_voice_routes(phones: VoicePhones, patience: Patience) -> APIRouter:
    router = APIRouter(prefix="/simulator/voice", tags=["simulator"], route_class=ProblemRoute)

    async def outcome(phone: str, call: LiveCall, **what: Any) -> dict[str, Any]:
        await call.settled(patience.settling)
        return {**what, **phones.state(phone), "last": phones.screen(phone).last}

    @router.post("/{phone}/call")
    async def dial(phone: Phone, dialling: Dialling | None = None) -> dict[str, Any]:
        """Call the business; answers once the phone listens, waits or is put down."""
        call, status = await phones.call(phone, withheld=bool(dialling and dialling.withheld))
        return await outcome(phone, call, status=status)

    @router.post("/{phone}/answer")
    async def answer(phone: Phone, how: TakingUp | None = None) -> dict[str, Any]:
        """Take the ringing phone up, as a person or as a voicemail."""
        call = phones.of(phone)
        status = await call.answer("human" if how is None else how.by)
        return await outcome(phone, call, status=status)

    @router.post("/{phone}/refuse")
    async def refuse(phone: Phone) -> dict[str, Any]:
        """Push the ringing call away."""
        call = phones.of(phone)
        await call.refuse()
        return await outcome(phone, call, status=None)

    @router.post("/{phone}/say")
    async def say(phone: Phone, speech: Speech) -> dict[str, Any]:
        """Say something, as soon as the phone listens for speech."""
        call = phones.of(phone)
        if speech.text is None:
            return await repeat(phone, call)
        status = await call.say(speech.text, speech.confidence, patience=patience.listening)
        return await outcome(phone, call, status=status)

    @router.post("/{phone}/keys")
    async def keys(phone: Phone, presses: KeyPresses) -> dict[str, Any]:
        """Press keys; `used` are those that counted before the app went on."""
        call = phones.of(phone)
        if presses.keys is None:
            return await repeat(phone, call)
        status, used = await call.press(presses.keys, patience=patience.listening)
        return await outcome(phone, call, status=status, used=used)

    @router.post("/{phone}/silence")
    async def silence(phone: Phone) -> dict[str, Any]:
        """Say nothing until the phone's patience ends. Status null: the app was not told."""
        call = phones.of(phone)
        status = await call.be_silent(patience=patience.listening)
        return await outcome(phone, call, status=status)

    @router.post("/{phone}/hangup")
    async def hang_up(phone: Phone, wish: HangingUp | None = None) -> dict[str, Any]:
        """Put the phone down; or, once connected, let the other party do it."""
        call = phones.of(phone)
        if wish is not None and wish.by == "other":
            call.other_party_leaves()
            return await outcome(phone, call, status=None)
        return await outcome(phone, call, status=await call.hang_up())

    @router.get("/{phone}/transcript")
    async def transcript(phone: Phone, after: After = 0, wait: Wait = 0) -> dict[str, Any]:
        """What was said, by whom and in which language, after entry number `after`; and where
        the call stands."""
        await phones.screen(phone).wait(after, wait)
        screen = phones.screen(phone)
        return {
            "messages": screen.after(after),
            "last": screen.last,
            "life": phones.life,
            **phones.state(phone),
        }

    async def repeat(phone: str, call: LiveCall) -> dict[str, Any]:
        status, same = await call.repeat()
        here = phones.state(phone)
        return {"status": status, "same_answer": same, **here, "last": phones.screen(phone).last}

    return router
