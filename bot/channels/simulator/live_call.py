"""What can be done to a call: by its caller, by whom it calls, and by the app?

The call runs in a task of its own: it fetches TwiML from the app, lets the caller hear it, and
fetches more when the TwiML or the caller says so (call_run.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from bot.channels.simulator import twiml
from bot.channels.simulator.call_bridge import CallBridge
from bot.channels.simulator.call_requests import CallRequests, Request
from bot.channels.simulator.call_run import CallRun, Dialler, HungUp
from bot.channels.simulator.call_transcript import CallTranscript
from bot.channels.simulator.handset import Act, Answered, Handset, State, outcome, promise
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now, Screen
from bot.channels.simulator.voice_line import VoiceLine


class LiveCall:
    """One call: begin it, or let it ring, then let the caller act."""

    def __init__(
        self,
        line: VoiceLine,
        caller: str,
        screen: Screen,
        http: httpx.AsyncClient,
        now: Now,
        *,
        pace: float,
        dial: Dialler | None = None,
    ) -> None:
        self.sid = "CA" + uuid4().hex
        self.caller = caller
        self.line = line
        self.started: datetime = now()
        self.ended: datetime | None = None
        self.final = "completed"  # Twilio's status of the call when it is over
        self._now = now
        self._handset = Handset(screen)
        self._transcript = CallTranscript(screen, self.sid)
        self._requests = CallRequests(line, self.sid, caller, http)
        self._run = CallRun(
            self._handset, self._requests, self._transcript, now, pace=pace, dial=dial
        )
        self._bridge = CallBridge()
        self._taken_up: asyncio.Future[tuple[str, Answered]] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        return self._handset.state

    @property
    def status(self) -> str:
        """Twilio's word for where the call stands."""
        if self.state is State.RINGING:
            return "ringing"
        return self.final if self.state is State.ENDED else "in-progress"

    @property
    def gather(self) -> twiml.Gather | None:
        """What the phone listens for now."""
        return self._handset.gather

    async def settled(self, seconds: float) -> None:
        """Wait (at most) until the phone listens, waits, is connected, or the call is over."""
        await self._handset.settled(seconds)

    # --- what the caller does ---------------------------------------------------------------

    async def begin(self) -> int:
        """Dial the business; answers the status of the app's first answer."""
        answered = promise()
        first = Request(self.line.webhook, answered=answered)
        self._task = asyncio.create_task(self._live(first))
        return await outcome(answered)

    async def say(self, words: str, confidence: float, *, patience: float) -> int:
        """Speak as soon as the phone listens; answers the app's status."""
        gather = await self._handset.listening(patience)
        if not gather.speech:
            raise Refused("The phone listens for keys now, not for speech.")
        self._transcript.caller_says(words)
        return await self._handset.act({"SpeechResult": words, "Confidence": f"{confidence:.4f}"})

    async def press(self, keys: str, *, patience: float) -> tuple[int, str]:
        """Press keys as soon as the phone listens; answers (status, the keys that counted)."""
        gather = await self._handset.listening(patience)
        if not gather.keys:
            raise Refused("The phone listens for speech now, not for keys.")
        pressed = twiml.press(gather, keys)
        self._transcript.caller_says("", keys=keys)
        params = {"Digits": pressed.digits, "FinishedOnKey": pressed.finished_on}
        return await self._handset.act(params), keys[: pressed.used]

    async def be_silent(self, *, patience: float) -> int | None:
        """Let the Gather's time-out pass; None when the app is not told of it."""
        gather = await self._handset.listening(patience)
        self._transcript.caller_says("", silence=True)
        if gather.on_empty:
            return await self._handset.act(twiml.silence(gather))
        self._handset.take(Act({}))
        return None

    async def hang_up(self) -> int | None:
        """Put the phone down; answers the status of the app's status webhook."""
        if self.state is State.ENDED:
            raise Refused("The call is over already.")
        return await self._end("caller")

    def other_party_leaves(self) -> None:
        """The person who was dialled hangs up; the call goes on as the TwiML says."""
        if self.state is not State.CONNECTED:
            raise Refused("Nobody is connected to this call.")
        self._handset.take(Act({}))

    async def repeat(self) -> tuple[int, bool]:
        """Twilio makes the caller's last request once more: (status, whether the answer was the
        same)."""
        return await self._requests.repeat()

    # --- when the business calls ------------------------------------------------------------

    def ring(self, seconds: float, *, detects_machines: bool = False, busy: bool = False) -> None:
        """The phone rings until it is taken up, refused, or nobody came in time; a `busy` one
        does not even ring."""
        if busy:
            self.final = "busy"
            self._task = asyncio.create_task(self._be_busy())
            return
        self._taken_up = asyncio.get_running_loop().create_future()
        self._handset.be(State.RINGING)
        self._transcript.note("ringing", self.line.number)
        self._task = asyncio.create_task(self._await_answer(seconds, detects_machines))

    async def _be_busy(self) -> None:
        await self._end("callee")

    async def _await_answer(self, seconds: float, detects_machines: bool) -> None:
        assert self._taken_up is not None
        try:
            async with asyncio.timeout(seconds):
                by, answered = await self._taken_up
        except TimeoutError:
            self.final = "no-answer"
            await self._end("nobody")
            return
        who = "machine_end_beep" if by == "machine" else "human"
        params = {"AnsweredBy": who} if detects_machines else {}
        await self._live(Request(self.line.webhook, params=params, answered=answered))

    async def answer(self, by: str) -> int:
        """Take the ringing phone up: "human" or "machine"; answers the app's first status."""
        if self.state is not State.RINGING or self._taken_up is None:
            raise Refused("The phone is not ringing.")
        answered = promise()
        self._taken_up.set_result((by, answered))
        self._handset.be(State.SPEAKING)
        return await outcome(answered)

    async def refuse(self) -> None:
        """Push the ringing call away: the line is busy."""
        if self.state is not State.RINGING:
            raise Refused("The phone is not ringing.")
        self.final = "busy"
        await self._end("callee")

    async def put_through(self, leaves: Callable[[], None]) -> bool:
        """Wait until this agent's phone may be connected; False when it never will be.
        `leaves` is called when its owner hangs up afterwards."""
        return await self._bridge.put_through(leaves)

    # --- what the app does over the REST API ------------------------------------------------

    async def complete(self) -> None:
        await self._end("app")

    def redirect(self, url: str | None, document: str | None, method: str) -> None:
        """From now on the caller hears this TwiML, or what this address says."""
        self._stop()
        self._run.leave_queue()
        there = Request(urljoin(self.line.webhook, url or ""), method)
        self._task = asyncio.create_task(self._live(there if document is None else document))

    # --- from the first document to the end -------------------------------------------------

    async def _live(self, start: Request | str) -> None:
        try:
            await self._run.follow(start, self.line.webhook)
            if self._bridge.connect():
                await self._run.stay_connected()
            await self._end("app")
        except HungUp:
            await self._end("app")
        except twiml.BadTwiml as error:
            await self._break_off(str(error))
        except Refused as error:
            await self._break_off(error.sentence)

    async def _break_off(self, why: str) -> None:
        """Twilio ends a call with an application error."""
        self._transcript.note("error", why)
        await self._end("provider")

    async def _end(self, by: str) -> int | None:
        """End the call once and tell the app; answers the status of its status webhook."""
        if self.state is State.ENDED:
            return None
        self._stop()
        self.ended = self._now()
        self._transcript.note("ended", by)
        self._handset.be(State.ENDED)
        self._bridge.hang_up()
        seconds = int((self.ended - self.started).total_seconds())
        return await self._requests.tell_end(self.final, seconds)

    def drop(self) -> None:
        """Forget the call and tell nobody: the world is being reset."""
        self._stop()
        self._handset.be(State.ENDED)

    def _stop(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
