"""Which work goes on in the background of a process, and is all of it alive?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import structlog

_AGAIN_SECONDS = 1.0
log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[None]]


class Jobs:
    """Runs jobs that never end; one that fails is started again a moment later."""

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs
        self._failing: set[str] = set()

    def all_well(self) -> bool:
        """Whether no job is between a failure and its next start."""
        return not self._failing

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The jobs run for as long as the block lasts and are then cancelled, work in hand
        finished."""
        tasks = [asyncio.create_task(self._keep(name, job)) for name, job in self._jobs.items()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, job: Job) -> None:
        while True:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - the product goes on without it for a moment
                log.error("a job failed", job=name, reason=type(error).__name__)
            self._failing.add(name)
            await asyncio.sleep(_AGAIN_SECONDS)
            self._failing.discard(name)


def every(seconds: float, work: Job) -> Job:
    """A job that does its work again and again."""

    async def repeat() -> None:
        while True:
            await work()
            await asyncio.sleep(seconds)

    return repeat
