"""What has each device shown so far?

A screen is a bounded list of entries, numbered upwards; a reader asks for what came after the
number it has seen, and may wait for it. Numbers never start again while the program runs, so a
reader who missed a reset is never fed an old number; `life` tells it that one happened.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

Entry = Mapping[str, Any]
Now = Callable[[], datetime]


class Screen:
    """One device's screen."""

    def __init__(self, numbers: itertools.count[int], now: Now, keep: int) -> None:
        self._numbers = numbers
        self._now = now
        self._entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self._changed = asyncio.Event()
        self._closed = False
        self.last = 0

    def show(self, **what: Any) -> int:
        """Add an entry; answers its number."""
        self.last = next(self._numbers)
        self._entries.append({"n": self.last, "at": self._now().isoformat(), **what})
        self.touch()
        return self.last

    def touch(self) -> None:
        """Something about the device changed without a new entry: wake who waits."""
        self._changed.set()
        if not self._closed:
            self._changed = asyncio.Event()

    def close(self) -> None:
        """Nobody waits here any more."""
        self._closed = True
        self.touch()

    def after(self, number: int) -> list[Entry]:
        return [entry for entry in self._entries if entry["n"] > number]

    async def wait(self, number: int, seconds: float) -> None:
        """Return when there is more than `number`, when something changed, or in time."""
        if self.last > number or seconds <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()


class Screens:
    """All screens of one kind, by the device's number; the longest unused one is dropped."""

    def __init__(self, now: Now, *, devices: int = 500, keep: int = 500) -> None:
        self._now = now
        self._devices = devices
        self._keep = keep
        self._numbers = itertools.count(1)
        self._screens: OrderedDict[str, Screen] = OrderedDict()
        self._closed = False
        self.life = uuid4().hex

    def of(self, device: str) -> Screen:
        screen = self._screens.get(device)
        if screen is None:
            screen = self._screens[device] = Screen(self._numbers, self._now, self._keep)
            if self._closed:
                screen.close()
            while len(self._screens) > self._devices:
                self._screens.popitem(last=False)
        self._screens.move_to_end(device)
        return screen

    def close(self) -> None:
        """Nobody waits any more."""
        self._closed = True
        for screen in self._screens.values():
            screen.close()

    def clear(self) -> None:
        """Forget everything; readers who wait are woken."""
        screens = list(self._screens.values())
        self._screens.clear()
        self.life = uuid4().hex
        for screen in screens:
            screen.touch()
