"""Where do a call's documents lead, from one to the next?

Saying takes no time. Silence lasts as long as the caller likes, except where the app itself keeps
asking: in a queue, and in a Gather whose time-out is at most POLL_SILENCE, which is how an app
waits for somebody else's words. There, and in a Pause, real time passes, but at most `pace`
seconds at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urljoin
from uuid import uuid4

from bot.channels.simulator import twiml
from bot.channels.simulator.call_queue import CallQueue
from bot.channels.simulator.call_requests import CallRequests, Request
from bot.channels.simulator.call_transcript import CallTranscript
from bot.channels.simulator.handset import Act, Handset, State
from bot.channels.simulator.screen import Now

POLL_SILENCE = 3.0  # seconds
LONGEST_SILENCE = 1_800.0  # seconds of real time in which the caller does nothing


class AgentCall(Protocol):
    """A call to an agent's phone, as the caller's call sees it."""

    sid: str
    final: str

    async def put_through(self, leaves: Callable[[], None]) -> bool: ...

    async def complete(self) -> None: ...


# Calls a number for a call under way: the number, what its owner hears first, how long it rings.
Dialler = Callable[[str, str, float], AgentCall]


class HungUp(Exception):
    """A document said Hangup or Reject."""


class _LeftQueue(Exception):
    """The waiting document said Leave."""


class CallRun:
    """Follows the documents of one call."""

    def __init__(
        self,
        handset: Handset,
        requests: CallRequests,
        transcript: CallTranscript,
        now: Now,
        *,
        pace: float,
        dial: Dialler | None,
    ) -> None:
        self._handset = handset
        self._requests = requests
        self._transcript = transcript
        self._now = now
        self._pace = pace
        self._dial = dial
        self._queue: CallQueue | None = None

    async def follow(self, start: Request | str, base: str) -> None:
        """Play a document, whose addresses begin at `base`, or fetch the first one; return when
        the last has ended. Raises HungUp, and BadTwiml or Refused for what breaks a call off."""
        request = await self._play(start, base) if isinstance(start, str) else start
        while request is not None:
            request = await self._play(await self._fetch(request), request.url)

    async def stay_connected(self) -> None:
        """Let the caller and another party talk until one of them hangs up."""
        await self._handset.await_caller(State.CONNECTED, LONGEST_SILENCE)

    def leave_queue(self) -> None:
        self._queue = None
        self._handset.in_queue = False
        self._transcript.forget_rounds()

    async def _fetch(self, request: Request) -> str:
        if asyncio.get_running_loop().time() - self._handset.acted > LONGEST_SILENCE:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        self._transcript.turn_page()
        waiting = self._queue.described(self._now()) if self._queue is not None else {}
        return await self._requests.fetch(request, waiting)

    async def _play(self, document: str, base: str) -> Request | None:
        """Let the caller hear a document; answers the next request, None at its end."""
        verbs = twiml.parse(document)
        while True:
            step = twiml.perform(verbs)
            self._transcript.caller_hears(step.heard, in_queue=self._queue is not None)
            request = await self._do(step.then, base)
            if request is not None or isinstance(step.then, twiml.Finished):
                return request
            verbs = step.rest

    async def _do(self, verb: twiml.Stop, base: str) -> Request | None:
        """Carry out the verb at which a document stops; None goes on with the next verb."""
        match verb:
            case twiml.Redirect(url, method):
                return Request(urljoin(base, url), method)
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
                raise HungUp
        return None

    async def _rest(self, seconds: float) -> None:
        self._requests.rest()
        if self._queue is not None:
            self._handset.settle()
        await asyncio.sleep(min(seconds, self._pace))

    async def _listen(self, gather: twiml.Gather, base: str) -> Request | None:
        polling = self._queue is not None or gather.timeout <= POLL_SILENCE
        patience = min(gather.timeout, self._pace) if polling else LONGEST_SILENCE
        # Words before a Gather that passes by itself: the app may be in the middle of its answer.
        news = self._transcript.take_news()
        settled = not polling or self._queue is not None or not news
        act = await self._handset.await_caller(State.LISTENING, patience, gather, settled=settled)
        self._requests.rest()
        if act is None and not polling:
            raise twiml.BadTwiml("the caller did nothing for half an hour")
        if act is None and gather.on_empty:
            act = Act(twiml.silence(gather))
        if act is None or not act.params:
            return None
        url = urljoin(base, gather.action) if gather.action else base
        return Request(url, gather.method, act.params, act.answered)

    async def _wait_in_queue(self, enqueue: twiml.Enqueue, base: str) -> Request | None:
        """Hear the waiting document over and over until it says Leave."""
        self._transcript.note("queued", enqueue.name)
        self._queue = queue = CallQueue(self._now())
        self._handset.in_queue = True
        self._handset.be(State.WAITING)
        wait = Request(urljoin(base, enqueue.wait_url), enqueue.wait_method)
        request: Request | None = wait if enqueue.wait_url else None
        try:
            while True:
                if request is not None:
                    request = await self._play(await self._fetch(request), request.url)
                if request is None:
                    await self._rest(self._pace)
                    request = wait if enqueue.wait_url else None
        except _LeftQueue:
            left = {**queue.described(self._now()), "QueueResult": "leave"}
            self.leave_queue()
            self._handset.be(State.SPEAKING)
        if not enqueue.action:
            return None
        return Request(urljoin(base, enqueue.action), enqueue.method, left)

    async def _connect(self, dial: twiml.Dial, base: str) -> Request | None:
        if dial.whisper and self._dial is not None:
            params = await self._call_agent(dial, base, self._dial)
        else:
            self._transcript.note("connected", dial.number)
            await self.stay_connected()
            params = {"DialCallStatus": "completed", "DialCallSid": "CA" + uuid4().hex}
        self._requests.rest()
        if not dial.action:
            return None
        return Request(urljoin(base, dial.action), dial.method, params)

    async def _call_agent(self, dial: twiml.Dial, base: str, call: Dialler) -> dict[str, str]:
        """Another phone rings; its owner hears the whisper and decides. What Twilio tells."""
        self._transcript.note("dialled", dial.number)
        agent = call(dial.number, urljoin(base, dial.whisper), dial.timeout)
        self._handset.settle()
        try:
            bridged = await agent.put_through(self._agent_left)
            if bridged:
                self._transcript.note("connected", dial.number)
                await self.stay_connected()
        finally:
            await agent.complete()
        return {
            "DialCallStatus": agent.final,
            "DialCallSid": agent.sid,
            "DialBridged": "true" if bridged else "false",
        }

    def _agent_left(self) -> None:
        if self._handset.state is State.CONNECTED:
            self._handset.take(Act({}))
