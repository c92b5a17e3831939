"""When does a new business day begin, and what is done then?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import structlog

from billing_backend.clock import Clock, business_date

_LOOK_SECONDS = 0.2
log = structlog.get_logger(__name__)

RunDay = Callable[[date], Awaitable[None]]


class Days:
    """Runs the daily job once for each business day of the clock, also for days that a moved
    clock jumped over, oldest first. The job itself is safe to run twice on a day."""

    def __init__(self, clock: Clock, zone: str, run_day: RunDay) -> None:
        self._clock = clock
        self._zone = zone
        self._run_day = run_day
        self._done: date | None = None

    async def run(self) -> None:
        """Look at the calendar until cancelled."""
        while True:
            await self.catch_up()
            await asyncio.sleep(_LOOK_SECONDS)

    async def catch_up(self) -> None:
        """Do the days that have begun and are not done."""
        today = business_date(self._clock.now(), self._zone)
        if self._done is None or today < self._done:
            # The first look of this process, or a clock that was set back: only today counts.
            self._done = today - timedelta(days=1)
        while self._done < today:
            day = self._done + timedelta(days=1)
            try:
                await self._run_day(day)
            except Exception as error:  # noqa: BLE001 - tried again at the next look
                log.error("the daily job failed", day=day.isoformat(), reason=type(error).__name__)
                return
            self._done = day
