"""How does one process tell the others, at once, that there is something to do?

PostgreSQL's NOTIFY carries the ring, in the transaction that made the work: nobody hears it
before the work can be seen. A ring may be lost with its connection, so every listener also looks
by itself once in a while.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from sqlalchemy import FunctionElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

WAKE_TURNS = "limpede_turns"
WAKE_SENDERS = "limpede_outbox"
WAKE_DESK = "limpede_desk"

_RECONNECT_SECONDS = 1.0
log = structlog.get_logger(__name__)


async def ring(session: AsyncSession, channel: str, about: str = "") -> None:
    """Ring when the caller's transaction commits; `about` is usually a conversation's id."""
    await session.execute(select(rung(channel, about)))


def rung(channel: str, about: str = "") -> FunctionElement[Any]:
    """The same as a column of a RETURNING, to save a round trip: it rings once for each row."""
    return func.pg_notify(channel, about)


@dataclass(eq=False)
class Ear:
    """One listener: waits until its channel rings (about `about`, if it cares)."""

    channel: str
    about: str | None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, *, within: float) -> bool:
        """True when it rang since the last call, else False after `within` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), within)
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    def ring(self) -> None:
        self._rung.set()


class Bell:
    """Listens on one connection of its own and passes each ring on to the ears."""

    def __init__(self, database_url: str) -> None:
        scheme, rest = database_url.split("://", 1)
        self._url = f"{scheme.split('+')[0]}://{rest}"
        self._ears: set[Ear] = set()

    @contextlib.contextmanager
    def ear(self, channel: str, about: str | None = None) -> Iterator[Ear]:
        """An ear for as long as the block lasts."""
        listener = Ear(channel, about)
        self._ears.add(listener)
        try:
            yield listener
        finally:
            self._ears.discard(listener)

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew and every ear rung once."""
        while True:
            try:
                await self._listen()
            except psycopg.OperationalError:
                log.warning("the bell lost its database connection")
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, fallback_application_name="limpede"
        )
        async with connection:
            for channel in (WAKE_TURNS, WAKE_SENDERS, WAKE_DESK):
                await connection.execute(f"LISTEN {channel}".encode())
            for ear in self._ears:
                ear.ring()
            async for notice in connection.notifies():
                for ear in list(self._ears):
                    if ear.channel == notice.channel and ear.about in (None, notice.payload):
                        ear.ring()
