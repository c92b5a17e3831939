"""What happens in one call, from the first request to hanging up?

The call fetches TwiML from the app, lets the caller hear it, and fetches more when the TwiML or
the caller says so. Saying takes no time. Silence lasts as long as the caller likes, except where
the app itself keeps asking: in a queue, and in a Gather whose time-out is at most POLL_SILENCE,
which is how an app waits for somebody else's words. There, and in a Pause, real time passes, but
at most `pace` seconds at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from bot.channels.simulator import twiml
from bot.channels.simulator.handset import Act, Answered, Handset, State, outcome, promise, tell
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now, Screen
from bot.channels.simulator.twiml_rules import complaints
from bot.channels.simulator.voice_line import VoiceLine
from bot.channels.simulator.webhooks import Call

POLL_SILENCE = 3.0  # seconds
LONGEST_SILENCE = 1_800.0  # seconds of real time in which the caller does nothing
MOST_REQUESTS = 30  # in a row without rest and without the caller: the app goes in a circle


@dataclass(frozen=True, slots=True)
class _Request:
    """The next document to fetch; `answered` gets the app's status when the caller waits."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    answered: Answered | None = None


# Calls a number for a call under way: the number, what its owner hears first, how long it rings.
Dialler = Callable[[str, str, float], "LiveCall"]


class _Over(Exception):
    """The call is over."""


class _LeftQueue(Exception):
    """The waiting document said Leave."""


class LiveCall:
    """One call: begin it, then let the caller act; it runs in a task of its own."""

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
        self.started: datetime = now()
        self.ended: datetime | None = None
        self._handset = Handset(screen)
        self.line = line
        self._screen = screen
        self._http = http
        self._now = now
        self._pace = pace
        self._dial = dial
        self._taken_up: asyncio.Future[tuple[str, Answered]] | None = None
        self.final = "completed"  # Twilio's status of the call when it is over
        # A call to an agent's phone: whether its document ended and the caller is put through.
        self._bridged: asyncio.Future[bool] | None = None
        self._leaves: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._last: tuple[Call, str] | None = None
        self._requests = 0
        self._queue: dict[str, str] | None = None
        self._queued_at = self.started
        self._heard: set[str] = set()
        self._heard_before: set[str] = set()
        self._news = False

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
        first = _Request(self.line.webhook, answered=answered)
        self._task = asyncio.create_task(self._run(first))
        return await outcome(answered)

    async def say(self, words: str, confidence: float, *, patience: float) -> int:
        """Speak as soon as the phone listens; answers the app's status."""
        gather = await self._handset.listening(patience)
        if not gather.speech:
            raise Refused("The phone listens for keys now, not for speech.")
        self._screen.show(**{"from": "caller"}, text=words, call=self.sid)
        return await self._handset.act({"SpeechResult": words, "Confidence": f"{confidence:.4f}"})

    async def press(self, keys: str, *, patience: float) -> tuple[int, str]:
        """Press keys as soon as the phone listens; answers (status, the keys that counted)."""
        gather = await self._handset.listening(patience)
        if not gather.keys:
            raise Refused("The phone listens for speech now, not for keys.")
        pressed = twiml.press(gather, keys)
        self._screen.show(**{"from": "caller"}, text="", keys=keys, call=self.sid)
        params = {"Digits": pressed.digits, "FinishedOnKey": pressed.finished_on}
        return await self._handset.act(params), keys[: pressed.used]

    async def be_silent(self, *, patience: float) -> int | None:
        """Let the Gather's time-out pass; None when the app is not told of it."""
        gather = await self._handset.listening(patience)
        self._screen.show(**{"from": "caller"}, text="", silence=True, call=self.sid)
        if gather.on_empty:
            return await self._handset.act(_silence(gather))
        self._handset.take(Act({}))
        return None

    async def hang_up(self) -> int | None:
        """Put the phone down; answers the status of the app's status webhook."""
        if self.state is State.ENDED:
            raise Refused("The call is over already.")
        return await self._end("caller")

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
        self._note("ringing", self.line.number)
        self._task = asyncio.create_task(self._await_answer(seconds, detects_machines))

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
        """Wait until the agent's phone may be connected; False when it never will be.
        `leaves` is called when its owner hangs up afterwards."""
        self._bridged, self._leaves = asyncio.get_running_loop().create_future(), leaves
        return await self._bridged

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
        await self._run(_Request(self.line.webhook, params=params, answered=answered))

    def other_party_leaves(self) -> None:
        """The person who was dialled hangs up; the call goes on as the TwiML says."""
        if self.state is not State.CONNECTED:
            raise Refused("Nobody is connected to this call.")
        self._handset.take(Act({}))

    async def repeat(self) -> tuple[int, bool]:
        """Twilio makes the caller's last request once more, unchanged. The answer is not acted
        upon but compared with the first one: (status, whether it was the same)."""
        if self._last is None:
            raise Refused("Nothing was sent in this call yet that could be repeated.")
        call, first = self._last
        answer = await call.make(self._http)
        return answer.status_code, answer.text == first

    # --- what the app does over the REST API ------------------------------------------------

    async def complete(self) -> None:
        await self._end("app")

    def redirect(self, url: str | None, document: str | None, method: str) -> None:
        """From now on the caller hears this TwiML, or what this address says."""
        self._stop()
        self._leave_queue()
        there = _Request(urljoin(self.line.webhook, url or ""), method)
        self._task = asyncio.create_task(self._run(there if document is None else document))

    # --- for who watches --------------------------------------------------------------------

    def drop(self) -> None:
        """Forget the call and tell nobody: the world is being reset."""
        self._stop()
        self._handset.be(State.ENDED)

    # --- the run ----------------------------------------------------------------------------

    async def _run(self, start: _Request | str) -> None:
        """Play a document, or fetch the first one, and follow it until the call is over."""
        try:
            request: _Request | None
            if isinstance(start, str):
                request = await self._play(start, self.line.webhook)
            else:
                request = start
            while request is not None:
                request = await self._play(await self._fetch(request), request.url)
            await self._talk()
            await self._end("app")
        except twiml.BadTwiml as error:
            await self._break_off(str(error))
        except Refused as error:
            await self._break_off(error.sentence)
        except _Over:
            return

    async def _talk(self) -> None:
        """An agent's phone whose document has ended is connected to the caller."""
        if self._bridged is None or self._bridged.done():
            return
        self._bridged.set_result(True)
        await self._handset.await_caller(State.CONNECTED, LONGEST_SILENCE)

    async def _fetch(self, request: _Request) -> str:
        """The app's answer to a request; BadTwiml when it has none to give."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise twiml.BadTwiml("11205: the app sends the call in a circle")
        if asyncio.get_running_loop().time() - self._handset.acted > LONGEST_SILENCE:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        self._heard, self._heard_before = set(), self._heard
        status = "in-progress" if self._last or self.line.outgoing else "ringing"
        more = {**(self._queue or {}), **request.params}
        call = self.line.call(request.url, request.method, self.sid, self.caller, status, more)
        try:
            answer = await call.make(self._http)
        except (Refused, asyncio.CancelledError) as error:
            tell(request.answered, error)
            raise
        if request.answered is not None:
            self._last = (call, answer.text)
            tell(request.answered, answer.status_code)
        if answer.status_code != 200:
            raise twiml.BadTwiml(f"11200: the app answered {answer.status_code} at {request.url}")
        if wrong := complaints(answer.text):
            raise twiml.BadTwiml(f"12200: {wrong[0]}")
        return answer.text

    async def _play(self, document: str, base: str) -> _Request | None:
        """Let the caller hear a document; answers the next request, None at its end."""
        verbs = twiml.parse(document)
        while True:
            step = twiml.perform(verbs)
            self._let_hear(step.heard)
            request = await self._do(step.then, base)
            if request is not None or isinstance(step.then, twiml.Finished):
                return request
            verbs = step.rest

    async def _do(self, verb: twiml.Stop, base: str) -> _Request | None:
        """Carry out the verb at which a document stops; None goes on with the next verb."""
        match verb:
            case twiml.Redirect(url, method):
                return _Request(urljoin(base, url), method)
            case twiml.Pause(seconds):
                await self._rest(seconds)
            case twiml.Gather():
                return await self._listen(verb, base)
            case twiml.Enqueue():
                return await self._wait_in_queue(verb, base)
            case twiml.Dial():
                return await self._connect(verb, base)
            case twiml.Leave() if self._queue is not None:
                raise _LeftQueue
            case twiml.Hangup() | twiml.Reject():
                await self._end("app")
                raise _Over
        return None

    async def _listen(self, gather: twiml.Gather, base: str) -> _Request | None:
        polling = self._queue is not None or gather.timeout <= POLL_SILENCE
        patience = min(gather.timeout, self._pace) if polling else LONGEST_SILENCE
        # Words before a Gather that passes by itself: the app may be in the middle of its answer.
        settled = not polling or self._queue is not None or not self._news
        self._news = False
        act = await self._handset.await_caller(State.LISTENING, patience, gather, settled=settled)
        self._requests = 0
        if act is None and not polling:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        if act is None and gather.on_empty:
            act = Act(_silence(gather))
        if act is None or not act.params:
            return None
        url = urljoin(base, gather.action) if gather.action else base
        return _Request(url, gather.method, act.params, act.answered)

    async def _wait_in_queue(self, enqueue: twiml.Enqueue, base: str) -> _Request | None:
        """Hear the waiting document over and over until it says Leave."""
        self._note("queued", enqueue.name)
        self._queue, self._queued_at = {"QueueSid": "QU" + uuid4().hex}, self._now()
        self._handset.in_queue = True
        self._handset.be(State.WAITING)
        wait = _Request(urljoin(base, enqueue.wait_url), enqueue.wait_method)
        request: _Request | None = wait if enqueue.wait_url else None
        try:
            while True:
                self._describe_queue()
                if request is not None:
                    request = await self._play(await self._fetch(request), request.url)
                if request is None:
                    await self._rest(self._pace)
                    request = wait if enqueue.wait_url else None
        except _LeftQueue:
            left = {**self._describe_queue(), "QueueResult": "leave"}
            self._leave_queue()
            self._handset.be(State.SPEAKING)
        if not enqueue.action:
            return None
        return _Request(urljoin(base, enqueue.action), enqueue.method, left)

    def _leave_queue(self) -> None:
        self._queue = None
        self._handset.in_queue = False
        self._heard, self._heard_before = set(), set()

    def _describe_queue(self) -> dict[str, str]:
        """What Twilio tells of the queue; only this caller is in the phone's queue."""
        waited = str(int((self._now() - self._queued_at).total_seconds()))
        self._queue = {
            **(self._queue or {}),
            "QueueTime": waited,
            "AvgQueueTime": waited,
            "QueuePosition": "1",
            "CurrentQueueSize": "1",
        }
        return self._queue

    async def _connect(self, dial: twiml.Dial, base: str) -> _Request | None:
        if dial.whisper and self._dial is not None:
            params = await self._call_agent(dial, base, self._dial)
        else:
            self._note("connected", dial.number)
            await self._handset.await_caller(State.CONNECTED, LONGEST_SILENCE)
            params = {"DialCallStatus": "completed", "DialCallSid": "CA" + uuid4().hex}
        self._requests = 0
        if not dial.action:
            return None
        return _Request(urljoin(base, dial.action), dial.method, params)

    async def _call_agent(self, dial: twiml.Dial, base: str, call: Dialler) -> dict[str, str]:
        """Another phone rings; its owner hears the whisper and decides. What Twilio tells."""
        self._note("dialled", dial.number)
        agent = call(dial.number, urljoin(base, dial.whisper), dial.timeout)
        self._handset.settle()
        try:
            bridged = await agent.put_through(self._agent_left)
            if bridged:
                self._note("connected", dial.number)
                await self._handset.await_caller(State.CONNECTED, LONGEST_SILENCE)
        finally:
            await agent.complete()
        return {
            "DialCallStatus": agent.final,
            "DialCallSid": agent.sid,
            "DialBridged": "true" if bridged else "false",
        }

    def _agent_left(self) -> None:
        if self.state is State.CONNECTED:
            self.other_party_leaves()

    async def _rest(self, seconds: float) -> None:
        self._requests = 0
        if self._queue is not None:
            self._handset.settle()
        await asyncio.sleep(min(seconds, self._pace))

    def _let_hear(self, heard: tuple[twiml.Say | twiml.Play, ...]) -> None:
        """Write down what is said; words that a queue repeats round after round only once."""
        for one in heard:
            words = one.text if isinstance(one, twiml.Say) else one.url
            if self._queue is not None:
                known = words in self._heard or words in self._heard_before
                self._heard.add(words)
                if known:
                    continue
            if isinstance(one, twiml.Say):
                what = {"text": one.text, "language": one.language}
            else:
                what = {"text": "", "event": "played", "url": one.url}
            self._screen.show(**{"from": "bot"}, **what, call=self.sid)
            self._news = True

    def _note(self, event: str, detail: str) -> None:
        """Something happens to the line, without words."""
        self._screen.show(**{"from": "line"}, text="", event=event, detail=detail, call=self.sid)

    # --- the end ----------------------------------------------------------------------------

    async def _break_off(self, why: str) -> None:
        """Twilio ends a call with an application error."""
        self._note("error", why)
        with suppress(_Over):
            await self._end("provider")

    async def _end(self, by: str) -> int | None:
        """End the call once and tell the app; answers the status of its status webhook."""
        if self.state is State.ENDED:
            return None
        self._stop()
        self.ended = self._now()
        self._note("ended", by)
        self._handset.be(State.ENDED)
        self._tell_other_side()
        if not self.line.status_webhook:
            return None
        duration = str(int((self.ended - self.started).total_seconds()))
        call = self.line.call(
            self.line.status_webhook,
            "POST",
            self.sid,
            self.caller,
            self.final,
            {"CallDuration": duration},
        )
        try:
            return (await call.make(self._http)).status_code
        except Refused:
            return None

    def _tell_other_side(self) -> None:
        if self._bridged is not None and not self._bridged.done():
            self._bridged.set_result(False)
        elif self._leaves is not None:
            self._leaves()

    def _stop(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()


def _silence(gather: twiml.Gather) -> dict[str, str]:
    """What Twilio posts when nothing was said and no key was pressed."""
    spoken = {"SpeechResult": ""} if gather.speech else {}
    return spoken | ({"Digits": ""} if gather.keys else {})
