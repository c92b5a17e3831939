"""How is claimed work run side by side, as soon as there is some, and no more than is good?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError

from handoff.conversations.bell import Bell

# A ring can be lost and delayed work rings for nobody: look by ourselves this often.
LOOK_AGAIN_SECONDS = 1.0
log = structlog.get_logger(__name__)

Work = TypeVar("Work")


async def dispatch(
    bell: Bell,
    channel: str,
    claim: Callable[[int], Awaitable[Sequence[Work]]],
    handle: Callable[[Work], Awaitable[None]],
    *,
    at_once: int,
    idle: Callable[[], Awaitable[float | None]] | None = None,
) -> None:
    """Claim work whenever `channel` rings and handle up to `at_once` of it side by side.

    `claim` takes at most so many pieces, and fewer when there are no more. `idle` then tells in
    how many seconds there will be one that must not begin yet.

    Runs until cancelled. One failure never stops the others: what was claimed is logged and
    left to its lease.
    """
    running: set[asyncio.Task[None]] = set()
    try:
        with bell.ear(channel) as ear:

            def over(task: asyncio.Task[None]) -> None:
                running.discard(task)
                # A place is free, and the next message of the same conversation may go.
                ear.ring()

            while True:
                free = at_once - len(running)
                for work in await _claimed(claim, free) if free else ():
                    task = asyncio.create_task(_handled(handle, work))
                    running.add(task)
                    task.add_done_callback(over)
                full = len(running) == at_once
                await ear.heard(within=LOOK_AGAIN_SECONDS if full else await _soon(idle))
    finally:
        await asyncio.gather(*running, return_exceptions=True)


async def _claimed(
    claim: Callable[[int], Awaitable[Sequence[Work]]], at_most: int
) -> Sequence[Work]:
    try:
        return await claim(at_most)
    except OperationalError as error:
        log.error("no work can be claimed", reason=type(error).__name__)
        return ()


async def _soon(idle: Callable[[], Awaitable[float | None]] | None) -> float:
    try:
        seconds = None if idle is None else await idle()
    except OperationalError:
        seconds = None  # `claim` tells it
    return LOOK_AGAIN_SECONDS if seconds is None else min(seconds, LOOK_AGAIN_SECONDS)


async def _handled(handle: Callable[[Work], Awaitable[None]], work: Work) -> None:
    try:
        await handle(work)
    except Exception as error:  # noqa: BLE001 - the loop that serves everybody must go on
        # The message may quote the customer (SQL errors show parameters): only its type is told.
        log.error("work was left unfinished", reason=type(error).__name__)
