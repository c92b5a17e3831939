"""How is claimed work run side by side, as soon as there is some, and no more than is good?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
    claim: Callable[[], Awaitable[Work | None]],
    handle: Callable[[Work], Awaitable[None]],
    *,
    at_once: int,
) -> None:
    """Claim work whenever `channel` rings and handle up to `at_once` of it side by side.

    Runs until cancelled. One failure never stops the others: what was claimed is logged and
    left to its lease.
    """
    places = asyncio.Semaphore(at_once)
    running: set[asyncio.Task[None]] = set()
    try:
        with bell.ear(channel) as ear:
            while True:
                await places.acquire()
                work = await _claimed(claim)
                if work is None:
                    places.release()
                    await ear.heard(within=LOOK_AGAIN_SECONDS)
                    continue
                task = asyncio.create_task(_handled(handle, work))
                running.add(task)

                def over(task: asyncio.Task[None]) -> None:
                    running.discard(task)
                    places.release()
                    # The next message of the same conversation may go now.
                    ear.ring()

                task.add_done_callback(over)
    finally:
        await asyncio.gather(*running, return_exceptions=True)


async def _claimed(claim: Callable[[], Awaitable[Work | None]]) -> Work | None:
    try:
        return await claim()
    except OperationalError as error:
        log.error("no work can be claimed", reason=type(error).__name__)
        return None


async def _handled(handle: Callable[[Work], Awaitable[None]], work: Work) -> None:
    try:
        await handle(work)
    except Exception as error:  # noqa: BLE001 - the loop that serves everybody must go on
        # The message may quote the customer (SQL errors show parameters): only its type is told.
        log.error("work was left unfinished", reason=type(error).__name__)
