"""What every test shares: an embedded PostgreSQL and a session that is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

import limpede.tables  # noqa: F401 - every table is known to Base.metadata
from billing_backend.db import Base, Sessions, make_engine, make_sessions
from limpede.postgres import EmbeddedPostgres, homes_elsewhere
from tests.stack import cast, desk, devices, other_desk, product, running

__all__ = ["cast", "desk", "devices", "other_desk", "product", "running"]


@pytest.fixture(scope="session", autouse=True)
def fresh_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of a former run is taken for ours: temporary folders are new but their names repeat,
    and as root PostgreSQL's data lies outside of them, where a run that was killed leaves it."""
    ours = tmp_path_factory.getbasetemp().resolve()
    for home in homes_elsewhere():
        if home.is_relative_to(ours):
            EmbeddedPostgres(home).destroy()


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of the test run's own."""
    server = EmbeddedPostgres(Path(tmp_path_factory.mktemp("postgres")), durable=False)
    yield server.start()
    server.destroy()


@pytest.fixture(scope="session")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose work is undone after the test."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        async with _session_on(connection) as session:
            yield session
        await transaction.rollback()


def _session_on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )


@pytest.fixture
async def sessions(engine: AsyncEngine) -> AsyncIterator[Sessions]:
    """Real commits, for what needs several transactions; the tables are emptied afterwards."""
    yield make_sessions(engine)
    async with engine.begin() as connection:
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        await connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
