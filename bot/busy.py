"""How does a customer see that an answer is on its way, when it takes a while?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

AFTER_SECONDS = 1.0  # most answers are there before: nothing flickers
AGAIN_SECONDS = 4.0  # Telegram shows it for five
log = structlog.get_logger(__name__)

Typing = Callable[[str], Awaitable[None]]  # shows it at an address, once
Pause = Callable[[float], Awaitable[None]]


@asynccontextmanager
async def busy(
    typing: Typing | None, address: str, *, pause: Pause = asyncio.sleep
) -> AsyncIterator[None]:
    """Shows it for as long as the block takes, from the second second on.

    The block is never held up by it and never fails with it.
    """
    if typing is None:
        yield
        return
    showing = asyncio.create_task(_show(typing, address, pause))
    try:
        yield
    finally:
        showing.cancel()


async def _show(typing: Typing, address: str, pause: Pause) -> None:
    await pause(AFTER_SECONDS)
    try:
        while True:
            await typing(address)
            await pause(AGAIN_SECONDS)
    except Exception as error:  # noqa: BLE001 - a nicety: the answer comes without it
        log.info("typing not shown", reason=type(error).__name__)
