"""What do all rooms share of the database: the declarative base, column types, sessions?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
# Seconds before work that the database interrupted is done again: a new connection is there at
# once, a server that is started anew takes a moment.
_PAUSES = (0.0, 0.2, 1.0, 3.0)


class AwareDateTime(TypeDecorator[datetime]):
    """timestamptz that refuses naive moments and always answers in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone is refused")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the product; named constraints keep migrations reproducible."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: AwareDateTime,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


# Column shapes used in every room: `id: Mapped[Key]`, `amount: Mapped[Minor]`.
Key = Annotated[UUID, mapped_column(primary_key=True, default=uuid4)]
Minor = Annotated[int, mapped_column(BigInteger)]
Currency = Annotated[str, mapped_column(String(3))]


def make_engine(url: str, *, pool_size: int = 20) -> AsyncEngine:
    """An engine for a `postgresql://` URL (any driver in it is replaced by psycopg 3)."""
    scheme, rest = url.split("://", 1)
    if not scheme.startswith("postgresql"):
        raise ValueError("DATABASE_URL must start with postgresql://")
    return create_async_engine(
        f"postgresql+psycopg://{rest}",
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=False,
        # Tells an operator in pg_stat_activity whose connection it is.
        connect_args={"fallback_application_name": "limpede"},
    )


Sessions = async_sessionmaker[AsyncSession]


def make_sessions(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def single_statement(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session for one statement, which commits by itself: without the round trips of BEGIN and
    COMMIT, for what is asked many times a second."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """The edge's unit of work: commits once at the end, rolls back on any error."""
    async with sessions() as session, session.begin():
        yield session


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do a unit of work again when the database interrupted it: hung up, was started anew, chose
    it to end a deadlock.

    `work` opens its own transaction. Its commit may be done when only the answer to it got lost,
    so it must be such that twice is like once.
    """
    for pause in _PAUSES:
        try:
            return await work()
        except OperationalError:
            await asyncio.sleep(pause)
    return await work()
