"""What is the demo: whose company, which agents, and how is it made afresh?"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.errors import DeadlockDetected
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from billing_backend import demo as company
from billing_backend.clock import Clock, ShiftedClock
from billing_backend.customers.models import Customer
from billing_backend.db import Base, Sessions, transaction
from billing_backend.jobs import found_demo
from billing_backend.policy import Policy
from bot import tracker
from handoff.desk import DEMO_AGENTS, seed_agents
from limpede.database import with_sessions
from limpede.settings import Settings

# Whoever is signed in at the desk stays so: agents are not part of the company's data.
_KEPT = frozenset({"desk_agent", "desk_session", "agent_presence", "queue_policy"})

# How often a reset that was crossed by something at work is begun again.
_RESETS = 5


class DemoClock(ShiftedClock):
    """The simulator's clock: it keeps its offset in a file, so that a restart goes on in time."""

    def __init__(self, file: Path) -> None:
        seconds = json.loads(file.read_text()) if file.exists() else 0.0
        super().__init__(timedelta(seconds=seconds))
        self._file = file

    def move_to(self, moment: datetime) -> None:
        super().move_to(moment)
        self._file.write_text(json.dumps(self.offset.total_seconds()))


def found_now(settings: Settings, url: str) -> bool:
    """`found`, for a program that is not asynchronous."""

    async def work(sessions: Sessions) -> bool:
        return await found(sessions, DemoClock(clock_file(settings)), Policy(zone=settings.zone))

    return with_sessions(url, work)


def clock_file(settings: Settings) -> Path:
    return settings.var / "demo-clock.json"


async def found(sessions: Sessions, clock: Clock, policy: Policy) -> bool:
    """Found the demo company if there is no customer yet; answers whether it did."""
    async with transaction(sessions) as session:
        await seed_agents(session)
        if await session.scalar(select(Customer.id).limit(1)) is not None:
            return False
        await found_demo(session, now=clock.now(), policy=policy)
        return True


async def reset(sessions: Sessions, clock: Clock, policy: Policy) -> None:
    """A fresh demo company at the clock's present; of the old one nothing is left, not in Rasa
    either. All or nothing."""
    for _ in range(_RESETS):
        try:
            return await _reset(sessions, clock, policy)
        except OperationalError as error:
            # A turn or a job holds a table and waits for another that we hold: it goes on first.
            if not isinstance(error.orig, DeadlockDetected):
                raise
    return await _reset(sessions, clock, policy)


async def _reset(sessions: Sessions, clock: Clock, policy: Policy) -> None:
    async with transaction(sessions) as session:
        gone = [table.name for table in Base.metadata.sorted_tables if table.name not in _KEPT]
        await session.execute(text(f"TRUNCATE {', '.join(gone)} RESTART IDENTITY CASCADE"))
        await tracker.forget(session)
        await found_demo(session, now=clock.now(), policy=policy)


def cast() -> dict[str, Any]:
    """Everybody who can be played, with what a newcomer must know to do so."""
    agents = [asdict(agent) for agent in DEMO_AGENTS]
    return {**company.cast().as_dict(), "agents": agents}
