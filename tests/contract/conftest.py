"""The built-in billing as a World: the demo company, founded once for all promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing_backend import demo as company
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.db import Base, make_sessions
from billing_backend.policy import Policy
from limpede import demo
from tests.contract.world import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
async def world(engine: AsyncEngine) -> AsyncIterator[World]:
    sessions, policy = make_sessions(engine), Policy()
    await demo.found(sessions, FixedClock(NOW), policy)
    cast = company.cast()
    assert cast.carmen.pin is not None
    yield World(
        billing=BuiltInBilling(policy, code_key=b"a key of the tests"),
        sessions=sessions,
        now=NOW,
        phones={
            "raised": cast.ana.phone,
            "overdue": cast.bogdan.phone,
            "charged_twice": cast.carmen.phone,
            "deserving": cast.ana.phone,
        },
        pin=cast.carmen.pin,
    )
    async with engine.begin() as connection:
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        await connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
