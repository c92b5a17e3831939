"""What is the demo: whose company, which agents, and how is it made afresh?"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import demo as company
from billing_backend.clock import ShiftedClock, business_date
from billing_backend.customers.models import Customer
from billing_backend.db import Base, Sessions, transaction
from bot import tracker
from handoff.desk import DEMO_AGENTS, seed_agents

# Whoever is signed in at the desk stays so: agents are not part of the company's data.
_KEPT = frozenset(
    {"desk_agent", "desk_session", "desk_sign_in_tries", "queue_policy", "agent_presence"}
)


class DemoClock(ShiftedClock):
    """The simulator's clock: it keeps its offset in a file, so that a restart goes on in time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        seconds = json.loads(file.read_text()) if file.exists() else 0.0
        super().__init__(timedelta(seconds=seconds))

    def move_to(self, moment: datetime) -> None:
        super().move_to(moment)
        self._file.write_text(json.dumps(self.offset.total_seconds()))


async def found(sessions: Sessions, clock: ShiftedClock, zone: str) -> bool:
    """Found the demo company if there is no customer yet; answers whether it did."""
    async with transaction(sessions) as session:
        await seed_agents(session)
        if await session.scalar(select(Customer.id).limit(1)) is not None:
            return False
        await company.seed(session, today=business_date(clock.now(), zone), zone=zone)
        return True


async def reset(sessions: Sessions, clock: ShiftedClock, zone: str) -> None:
    """A fresh demo company at the clock's present; nothing of the old one is left, in Rasa
    neither. All or nothing."""
    async with transaction(sessions) as session:
        await _empty(session)
        await tracker.forget(session)
        await company.seed(session, today=business_date(clock.now(), zone), zone=zone)


def cast() -> dict[str, Any]:
    """Everybody who can be played, with what a newcomer must know to do so."""
    return {**company.cast().as_dict(), "agents": DEMO_AGENTS}


async def _empty(session: AsyncSession) -> None:
    names = [table.name for table in Base.metadata.sorted_tables if table.name not in _KEPT]
    await session.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
