"""The demo company is made afresh, whatever is at work meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import func, select, text

from billing_backend.clock import FixedClock
from billing_backend.customers.models import Customer
from billing_backend.db import Base, Sessions, transaction
from billing_backend.policy import Policy
from limpede import demo

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_a_reset_that_is_crossed_by_a_job_begins_again(sessions: Sessions) -> None:
    """The job holds the last table that a reset takes, and then wants the first one."""
    taken = [table.name for table in Base.metadata.sorted_tables if table.name not in demo._KEPT]
    async with transaction(sessions) as job:
        await job.execute(text(f"SELECT count(*) FROM {taken[-1]}"))
        resetting = asyncio.create_task(demo.reset(sessions, FixedClock(NOW), Policy()))
        await reset_waits(sessions)
        await job.execute(text(f"SELECT count(*) FROM {taken[0]}"))
    await resetting
    async with transaction(sessions) as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 200


async def reset_waits(sessions: Sessions) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while True:
        async with transaction(sessions) as session:
            if await session.scalar(waiting):
                return
