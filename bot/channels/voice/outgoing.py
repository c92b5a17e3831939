"""What do those hear whom we call: an agent before a caller is put through, a customer who is
called back?

Neither is connected before a key is pressed. A machine that answers gets one message that says
nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response

from bot.channels.metrics import DIALS
from bot.channels.twilio_requests import ReadForm, twiml
from bot.channels.voice.payloads import CallRequest, parse
from bot.channels.voice.render import NOTHING, Speech
from bot.channels.voice.steps import Place
from bot.channels.voice.switchboard import Ending, Switchboard

GREETING = "utter_callback_greeting"  # to a customer who is called back
VOICEMAIL = "utter_callback_voicemail"  # to a machine
NOT_WANTED = "utter_callback_not_wanted"  # after a refusal, or when it came too late

TAKE, DECLINE = "1", "2"
_ENDINGS = {
    "busy": Ending.BUSY,
    "no-answer": Ending.NO_ANSWER,
    "failed": Ending.FAILED,
    "canceled": Ending.NO_ANSWER,
    "completed": Ending.UNANSWERED,
}

Answer = Callable[[CallRequest, Request], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The documents of calls that we make."""

    switchboard: Switchboard
    speech: Speech
    base: str
    over: Callable[[CallRequest], Awaitable[str]]  # a talk has ended

    async def whisper(self, call: CallRequest, request: Request) -> str:
        """The agent took the phone up: who is calling?"""
        caller = request.query_params.get("call", "")
        said = await self.switchboard.whisper(caller)
        if said is None:
            return self.speech.hang_up()
        return self.speech.ask_for_key(
            said.text, said.language, f"{self.base}/whisper-key?call={caller}"
        )

    async def whisper_key(self, call: CallRequest, request: Request) -> str:
        """The key takes the call; an empty document puts the caller through."""
        caller = request.query_params.get("call", "")
        if call.digits == TAKE and await self.switchboard.take(caller):
            return NOTHING
        return self.speech.hang_up()

    async def dial_status(self, call: CallRequest, request: Request) -> str:
        """How far the agent's phone is; the caller's own call tells what comes of it."""
        DIALS.labels(call.status or "unknown").inc()
        return NOTHING

    async def callback(self, call: CallRequest, request: Request) -> str:
        """A customer's phone was taken up, by somebody or by a machine."""
        attempt = _attempt(request)
        called = attempt and await self.switchboard.called_back(attempt)
        if not attempt or not called or not called.wanted:
            return self.speech.hang_up()
        if call.by_machine:
            await self.switchboard.ended(attempt, Ending.MACHINE)
            return self.speech.last_words(VOICEMAIL, called.language)
        return self.speech.ask_for_key(
            self.speech.words(GREETING, called.language),
            called.language,
            f"{self.base}/callback-key?attempt={attempt}",
        )

    async def callback_key(self, call: CallRequest, request: Request) -> str:
        attempt = _attempt(request)
        called = attempt and await self.switchboard.called_back(attempt)
        if not attempt or not called:
            return self.speech.hang_up()
        if call.digits == TAKE:
            if await self._accepted(attempt, call):
                return self.speech.go_on(f"{self.base}/turn?{Place(now=True).query()}")
        elif called.wanted:
            ending = Ending.DECLINED if call.digits == DECLINE else Ending.UNANSWERED
            await self.switchboard.ended(attempt, ending)
        return self.speech.last_words(NOT_WANTED, called.language)

    async def _accepted(self, attempt: UUID, call: CallRequest) -> bool:
        return await self.switchboard.accept(attempt, call_sid=call.sid, phone=call.person)

    async def callback_status(self, call: CallRequest, request: Request) -> str:
        """The call is over: a talk, or one of many ways not to have one."""
        attempt = _attempt(request)
        if attempt and call.is_over:
            talked = await self.switchboard.ended(attempt, _ENDINGS[call.status])
            if talked:
                return await self.over(call)
        return NOTHING


def add_routes(router: APIRouter, outgoing: Outgoing, read_form: ReadForm) -> None:
    """POST whisper, whisper-key, dial-status, callback, callback-key and callback-status."""

    def route(path: str, answer: Answer) -> None:
        @router.post(path)
        async def answered(request: Request) -> Response:
            form = await read_form(request)
            if isinstance(form, Response):
                return form
            call = parse(form)
            return twiml(NOTHING if call is None else await answer(call, request))

    route("/whisper", outgoing.whisper)
    route("/whisper-key", outgoing.whisper_key)
    route("/dial-status", outgoing.dial_status)
    route("/callback", outgoing.callback)
    route("/callback-key", outgoing.callback_key)
    route("/callback-status", outgoing.callback_status)


def _attempt(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params.get("attempt", ""))
    except ValueError:
        return None
