"""What should go wrong at a provider next, because a test asked for it?"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request


class FaultKind(StrEnum):
    RATE_LIMITED = "rate_limited"  # 429 with retry_after
    SERVER_ERROR = "server_error"  # 500
    TIMEOUT = "timeout"  # no answer; `taken` says whether the message was shown all the same
    BLOCKED = "blocked"  # Telegram: the user blocked the bot; SMS: the number opted out
    UNDELIVERED = "undelivered"  # SMS: taken, and a later receipt says that it never arrived


@dataclass(slots=True)
class Fault:
    """`channel` is telegram, sms or stripe; `address` a chat id, a number or a path of Stripe's API
    (checkout/sessions, refunds), None for anybody."""

    channel: str
    kind: FaultKind
    address: str | None = None
    times: int = 1
    retry_after: int = 3
    taken: bool = True
    seconds: float = 60.0
    error_code: int = 30003  # Twilio's, of an SMS that is undelivered


class Faults:
    """Faults waiting for their turn, used in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._released = asyncio.Event()

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def waiting(self) -> tuple[Fault, ...]:
        return tuple(self._waiting)

    def take(self, channel: str, address: str) -> Fault | None:
        """The fault that this send shall meet, if any; it is used up."""
        for fault in self._waiting:
            if fault.channel == channel and fault.address in (None, address):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """No more faults; requests that are being kept waiting are let go."""
        self._waiting.clear()
        self._released.set()
        self._released = asyncio.Event()

    async def hold(self, request: Request, seconds: float) -> None:
        """Keep a caller waiting until it gives up, the faults are cleared, or `seconds` passed."""
        gone = asyncio.ensure_future(_gone(request))
        released = asyncio.ensure_future(self._released.wait())
        await asyncio.wait({gone, released}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (gone, released):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
