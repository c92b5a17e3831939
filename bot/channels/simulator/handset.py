"""Where does a phone in a call stand, and what does its caller do?

The call's run waits here for the caller; the caller's acts come in here and are answered with
the status that the app gave them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Screen
from bot.channels.simulator.twiml import Gather


class State(StrEnum):
    RINGING = "ringing"
    SPEAKING = "speaking"
    LISTENING = "listening"
    WAITING = "waiting in queue"
    CONNECTED = "connected"
    ENDED = "ended"


Answered = asyncio.Future[int]


@dataclass(frozen=True, slots=True)
class Act:
    """What the caller did. Without `params` a Gather's time-out passes, or the other party of a
    connected call leaves. `answered` gets the app's status."""

    params: Mapping[str, str]
    answered: Answered | None = None


class Handset:
    def __init__(self, screen: Screen) -> None:
        self.state = State.SPEAKING
        self.gather: Gather | None = None
        self.in_queue = False
        self.acted = asyncio.get_running_loop().time()
        self._screen = screen
        self._ear: asyncio.Future[Act] | None = None
        self._hearing = asyncio.Event()
        self._settled = asyncio.Event()

    # --- for the run ------------------------------------------------------------------------

    def be(self, state: State) -> None:
        """Change the state. Who listens or hears words in a queue is still waiting; what has
        ended stays so."""
        if self.state is State.ENDED:
            return
        if self.in_queue and state in (State.SPEAKING, State.LISTENING):
            state = State.WAITING
        changed, self.state = state is not self.state, state
        if state is State.ENDED:
            self._settled.set()
            self._hearing.set()
        if changed:
            self._screen.touch()

    async def await_caller(
        self,
        state: State,
        seconds: float,
        gather: Gather | None = None,
        *,
        settled: bool = True,
    ) -> Act | None:
        """Stand still until the caller (or the other party) acts; None when time passes.
        `settled`: the caller has heard all there is for now."""
        self._ear, self.gather = asyncio.get_running_loop().create_future(), gather
        self.be(state)
        self._hearing.set()
        if settled:
            self._settled.set()
        try:
            async with asyncio.timeout(seconds):
                return await self._ear
        except TimeoutError:
            return None
        finally:
            self._ear = self.gather = None
            self._hearing.clear()
            self.be(State.SPEAKING)

    def settle(self) -> None:
        """The caller has heard all there is for now."""
        self._settled.set()

    # --- for the caller ---------------------------------------------------------------------

    async def listening(self, patience: float) -> Gather:
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

    async def act(self, params: Mapping[str, str]) -> int:
        """Do something at the Gather that listens; answers the app's status."""
        answered = promise()
        self.take(Act(params, answered))
        return await outcome(answered)

    def take(self, act: Act) -> None:
        """Hand an act to the run; nobody else can act before it listens again."""
        assert self._ear is not None
        self.acted = asyncio.get_running_loop().time()
        self._settled.clear()
        self._hearing.clear()
        self.gather = None
        self._ear.set_result(act)

    async def settled(self, seconds: float) -> None:
        """Wait (at most) until the phone listens, waits, is connected, or the call is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._settled.wait()


def promise() -> Answered:
    return asyncio.get_running_loop().create_future()


def tell(answered: Answered | None, what: int | BaseException) -> None:
    """Keep the promise: the app's status, or why there is none."""
    if answered is None or answered.done():
        return
    if isinstance(what, int):
        answered.set_result(what)
    elif isinstance(what, Refused):
        answered.set_exception(what)
    else:
        answered.cancel()


async def outcome(answered: Answered) -> int:
    """The app's status; Refused when the call ended before it answered."""
    try:
        return await answered
    except asyncio.CancelledError:
        if answered.cancelled():
            raise Refused("The call ended before the app answered.") from None
        raise
