"""Is it shown that an answer takes a while, without ever being in its way?"""

from __future__ import annotations

import asyncio

import pytest

from bot.busy import AFTER_SECONDS, AGAIN_SECONDS, busy


class Time:
    """Passes when the test says so."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self._passed = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        await self._passed.wait()
        self._passed.clear()

    async def passes(self) -> None:
        await settled()
        self._passed.set()
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Shown(list[str]):
    async def __call__(self, address: str) -> None:
        self.append(address)


async def test_a_quick_answer_shows_nothing() -> None:
    shown, time = Shown(), Time()
    async with busy(shown, "4001", pause=time.pause):
        await settled()
    assert (shown, time.waited) == ([], [AFTER_SECONDS])


async def test_a_slow_answer_shows_it_again_and_again_until_it_is_there() -> None:
    shown, time = Shown(), Time()
    async with busy(shown, "4001", pause=time.pause):
        await time.passes()
        await time.passes()
        assert shown == ["4001", "4001"]
    await time.passes()
    assert shown == ["4001", "4001"]
    assert time.waited == [AFTER_SECONDS, AGAIN_SECONDS, AGAIN_SECONDS]


async def test_an_answer_that_fails_ends_it_too() -> None:
    shown, time = Shown(), Time()

    async def turn() -> None:
        async with busy(shown, "4001", pause=time.pause):
            await time.passes()
            raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        await turn()
    await time.passes()
    assert shown == ["4001"]


async def test_what_cannot_be_shown_holds_nothing_up() -> None:
    async def hang(address: str) -> None:
        await asyncio.Event().wait()

    async def fail(address: str) -> None:
        raise ConnectionError

    for typing in (hang, fail, None):
        time = Time()
        async with asyncio.timeout(5), busy(typing, "4001", pause=time.pause):
            await time.passes()
