"""What happens in one call, from the first request to hanging up?

The call fetches TwiML from the app, lets the caller hear it, and fetches more when the TwiML or
the caller says so. Saying takes no time. Silence lasts as long as the caller likes, except where
the app itself keeps asking: in a queue, and in a Gather whose time-out is at most POLL_SILENCE,
which is how an app waits for somebody else's words. There, and in a Pause, real time passes, but
at most `pace` seconds at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from bot.channels.simulator import twiml
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now, Screen
from bot.channels.simulator.voice_line import VoiceLine
from bot.channels.simulator.webhooks import Call

POLL_SILENCE = 3.0  # seconds
LONGEST_SILENCE = 1_800.0  # seconds of real time in which the caller does nothing
MOST_REQUESTS = 30  # in a row without rest and without the caller: the app goes in a circle


class State(StrEnum):
    SPEAKING = "speaking"
    LISTENING = "listening"
    WAITING = "waiting in queue"
    CONNECTED = "connected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class _Request:
    """The next document to fetch; `answered` gets the app's status when the caller waits."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    answered: asyncio.Future[int] | None = None


@dataclass(frozen=True, slots=True)
class _Act:
    """What the caller did at a Gather; nothing in `params` lets its time-out pass."""

    params: Mapping[str, str]
    answered: asyncio.Future[int] | None = None


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
    ) -> None:
        self.sid = "CA" + uuid4().hex
        self.caller = caller
        self.started: datetime = now()
        self.ended: datetime | None = None
        self.state = State.SPEAKING
        self.gather: twiml.Gather | None = None
        self._line = line
        self._screen = screen
        self._http = http
        self._now = now
        self._pace = pace
        self._task: asyncio.Task[None] | None = None
        self._ear: asyncio.Future[_Act] | None = None
        self._hearing = asyncio.Event()
        self._settled = asyncio.Event()
        self._last: tuple[Call, str] | None = None
        self._requests = 0
        self._acted = asyncio.get_running_loop().time()
        self._queue: dict[str, str] | None = None
        self._queued_at = self.started
        self._heard: set[str] = set()
        self._heard_before: set[str] = set()

    # --- what the caller does ---------------------------------------------------------------

    async def begin(self) -> int:
        """Dial the business; answers the status of the app's first answer."""
        answered = _promise()
        first = _Request(self._line.webhook, answered=answered)
        self._task = asyncio.create_task(self._run(first))
        return await _outcome(answered)

    async def say(self, words: str, confidence: float, *, patience: float) -> int:
        """Speak as soon as the phone listens; answers the app's status."""
        gather = await self._listening(patience)
        if not gather.speech:
            raise Refused("The phone listens for keys now, not for speech.")
        self._screen.show(**{"from": "caller"}, text=words, call=self.sid)
        return await self._act({"SpeechResult": words, "Confidence": f"{confidence:.4f}"})

    async def press(self, keys: str, *, patience: float) -> tuple[int, str]:
        """Press keys as soon as the phone listens; answers (status, the keys that counted)."""
        gather = await self._listening(patience)
        if not gather.keys:
            raise Refused("The phone listens for speech now, not for keys.")
        pressed = twiml.press(gather, keys)
        self._screen.show(**{"from": "caller"}, text="", keys=keys, call=self.sid)
        params = {"Digits": pressed.digits, "FinishedOnKey": pressed.finished_on}
        return await self._act(params), keys[: pressed.used]

    async def be_silent(self, *, patience: float) -> int | None:
        """Let the Gather's time-out pass; None when the app is not told of it."""
        gather = await self._listening(patience)
        self._screen.show(**{"from": "caller"}, text="", silence=True, call=self.sid)
        if gather.on_empty:
            return await self._act(_silence(gather))
        self._take(_Act({}))
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
        self._take(_Act({}))

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
        self._queue = None
        there = _Request(urljoin(self._line.webhook, url or ""), method)
        self._task = asyncio.create_task(self._run(there if document is None else document))

    # --- for who watches --------------------------------------------------------------------

    async def settled(self, seconds: float) -> None:
        """Wait (at most) until the phone listens, waits, is connected, or the call is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._settled.wait()

    def drop(self) -> None:
        """Forget the call and tell nobody: the world is being reset."""
        self._stop()
        self._be(State.ENDED)

    # --- the run ----------------------------------------------------------------------------

    async def _run(self, start: _Request | str) -> None:
        """Play a document, or fetch the first one, and follow it until the call is over."""
        try:
            request: _Request | None
            if isinstance(start, str):
                request = await self._play(start, self._line.webhook)
            else:
                request = start
            while request is not None:
                request = await self._play(await self._fetch(request), request.url)
            await self._end("app")
        except twiml.BadTwiml as error:
            await self._break_off(str(error))
        except Refused as error:
            await self._break_off(error.sentence)
        except _Over:
            return

    async def _fetch(self, request: _Request) -> str:
        """The app's answer to a request; BadTwiml when it has none to give."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise twiml.BadTwiml("11205: the app sends the call in a circle")
        if asyncio.get_running_loop().time() - self._acted > LONGEST_SILENCE:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        status = "in-progress" if self._last else "ringing"
        more = {**(self._queue or {}), **request.params}
        call = self._line.call(request.url, request.method, self.sid, self.caller, status, more)
        try:
            answer = await call.make(self._http)
        except (Refused, asyncio.CancelledError) as error:
            _tell(request.answered, error)
            raise
        if request.answered is not None:
            self._last = (call, answer.text)
            _tell(request.answered, answer.status_code)
        if answer.status_code != 200:
            raise twiml.BadTwiml(f"11200: the app answered {answer.status_code} at {request.url}")
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
        self.gather = gather
        act = await self._await_caller(
            State.LISTENING, min(gather.timeout, self._pace) if polling else LONGEST_SILENCE
        )
        self.gather = None
        if act is None and not polling:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        if act is None and gather.on_empty:
            act = _Act(_silence(gather))
        if act is None or not act.params:
            return None
        url = urljoin(base, gather.action) if gather.action else base
        return _Request(url, gather.method, act.params, act.answered)

    async def _wait_in_queue(self, enqueue: twiml.Enqueue, base: str) -> _Request | None:
        """Hear the waiting document over and over until it says Leave."""
        self._screen.show(**{"from": "line"}, event="queued", text=enqueue.name, call=self.sid)
        self._queue, self._queued_at = {"QueueSid": "QU" + uuid4().hex}, self._now()
        self._be(State.WAITING)
        wait = _Request(urljoin(base, enqueue.wait_url), enqueue.wait_method)
        request: _Request | None = wait if enqueue.wait_url else None
        try:
            while True:
                self._describe_queue()
                if request is not None:
                    request = await self._play(await self._fetch(request), request.url)
                if request is None:
                    await self._rest(self._pace)
                    self._heard, self._heard_before = set(), self._heard
                    request = wait if enqueue.wait_url else None
        except _LeftQueue:
            left = {**self._describe_queue(), "QueueResult": "leave"}
            self._queue = None
            self._be(State.SPEAKING)
        if not enqueue.action:
            return None
        return _Request(urljoin(base, enqueue.action), enqueue.method, left)

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
        self._screen.show(**{"from": "line"}, event="connected", text=dial.number, call=self.sid)
        await self._await_caller(State.CONNECTED, LONGEST_SILENCE)
        if not dial.action:
            return None
        params = {"DialCallStatus": "completed", "DialCallSid": "CA" + uuid4().hex}
        return _Request(urljoin(base, dial.action), dial.method, params)

    async def _await_caller(self, state: State, seconds: float) -> _Act | None:
        """Stand still until the caller (or the other party) acts; None when time passes."""
        self._ear = asyncio.get_running_loop().create_future()
        self._be(state)
        self._hearing.set()
        self._settled.set()
        try:
            async with asyncio.timeout(seconds):
                return await self._ear
        except TimeoutError:
            self._requests = 0
            return None
        finally:
            self._ear = None
            self._hearing.clear()
            self._be(State.SPEAKING)

    async def _rest(self, seconds: float) -> None:
        self._requests = 0
        if self._queue is not None:
            self._settled.set()
        await asyncio.sleep(min(seconds, self._pace))

    def _let_hear(self, heard: tuple[twiml.Say | twiml.Play, ...]) -> None:
        """Write down what is said; a queue that repeats itself is written down once."""
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

    # --- the caller's end -------------------------------------------------------------------

    async def _listening(self, patience: float) -> twiml.Gather:
        """The Gather that listens now; waits for one at most `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self.gather is None and self.state not in (State.ENDED, State.CONNECTED):
                    await self._hearing.wait()
        if self.state is State.ENDED:
            raise Refused("The call is over: call again first.")
        if self.state is State.CONNECTED:
            raise Refused("A person was dialled and listens now; the app hears nothing of it.")
        if self.gather is None:
            raise Refused("The phone is not listening now.")
        return self.gather

    async def _act(self, params: Mapping[str, str]) -> int:
        answered = _promise()
        self._take(_Act(params, answered))
        return await _outcome(answered)

    def _take(self, act: _Act) -> None:
        """Hand the caller's act to the run; nobody else can act before it listens again."""
        assert self._ear is not None
        self._requests = 0
        self._acted = asyncio.get_running_loop().time()
        self._settled.clear()
        self._hearing.clear()
        self.gather = None
        self._ear.set_result(act)

    # --- the end ----------------------------------------------------------------------------

    async def _break_off(self, why: str) -> None:
        """Twilio ends a call with an application error."""
        self._screen.show(**{"from": "line"}, event="error", text=why, call=self.sid)
        with suppress(_Over):
            await self._end("provider")

    async def _end(self, by: str) -> int | None:
        """End the call once and tell the app; answers the status of its status webhook."""
        if self.state is State.ENDED:
            return None
        self._stop()
        self.ended = self._now()
        self._screen.show(**{"from": "line"}, event="ended", text="", by=by, call=self.sid)
        self._be(State.ENDED)
        duration = str(int((self.ended - self.started).total_seconds()))
        call = self._line.call(
            self._line.status_webhook,
            "POST",
            self.sid,
            self.caller,
            "completed",
            {"CallDuration": duration},
        )
        try:
            return (await call.make(self._http)).status_code
        except Refused:
            return None

    def _stop(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def _be(self, state: State) -> None:
        """Change the state; who listens or hears words in a queue is still waiting."""
        if self.state is State.ENDED:
            return
        if self._queue is not None and state in (State.SPEAKING, State.LISTENING):
            state = State.WAITING
        changed, self.state = state is not self.state, state
        if state is State.ENDED:
            self._settled.set()
            self._hearing.set()
        if changed:
            self._screen.touch()


def _silence(gather: twiml.Gather) -> dict[str, str]:
    """What Twilio posts when nothing was said and no key was pressed."""
    spoken = {"SpeechResult": ""} if gather.speech else {}
    return spoken | ({"Digits": ""} if gather.keys else {})


def _promise() -> asyncio.Future[int]:
    return asyncio.get_running_loop().create_future()


def _tell(answered: asyncio.Future[int] | None, outcome: int | BaseException) -> None:
    if answered is None or answered.done():
        return
    if isinstance(outcome, int):
        answered.set_result(outcome)
    elif isinstance(outcome, Refused):
        answered.set_exception(outcome)
    else:
        answered.cancel()


async def _outcome(answered: asyncio.Future[int]) -> int:
    """The app's status; Refused when the call ended before it answered."""
    try:
        return await answered
    except asyncio.CancelledError:
        if answered.cancelled():
            raise Refused("The call ended before the app answered.") from None
        raise
