"""How fast does the billing API answer at 50 requests a second?"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select

from bench.table import Row, Times
from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Account
from billing_backend.db import Sessions
from billing_backend.invoices.models import Invoice
from billing_backend.policy import Policy

_PER_SECOND = 50
_SECONDS = 20
_TOKEN = "a token of the bench"  # noqa: S105 - opens nothing but this run
_READS = ("balance", "invoices", "explanation", "journal", "payments", "review")


def asked(today: date) -> Callable[[Sessions], Awaitable[Row]]:
    """A measurement for `database.with_sessions`: reads of random accounts, at a steady pace."""

    async def run(sessions: Sessions) -> Row:
        async with sessions() as session:
            stored = await session.scalar(select(func.count()).select_from(Invoice))
            accounts = list(await session.scalars(select(Account.id).limit(2_000)))
        clock = FixedClock(datetime(today.year, today.month, today.day, 10, tzinfo=UTC))
        app = FastAPI()
        billing = BuiltInBilling(Policy(), code_key=b"a key of the bench")
        app.include_router(make_billing_api(sessions, billing, clock, _TOKEN))
        # Named TCP, or asyncio does not switch off Nagle's algorithm and each answer waits 40 ms.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            took = await _ask(listener.getsockname()[1], accounts)
        finally:
            server.should_exit = True
            await serving
        return Row(
            f"billing API, {_PER_SECOND} reads/s, {stored:,} invoices stored",
            str(Times.of(took)),
            "",
            "p95 under 30 ms",
        )

    return run


async def _ask(port: int, accounts: Sequence[UUID]) -> list[float]:
    """Each request starts at its own moment, whether or not the ones before are answered."""
    chance = random.Random(1)  # noqa: S311 - the same accounts in every run
    took: list[float] = []

    async def read(client: httpx.AsyncClient, at: float, path: str) -> None:
        await asyncio.sleep(at - time.perf_counter())
        began = time.perf_counter()
        answer = await client.get(path)
        took.append(time.perf_counter() - began)
        answer.raise_for_status()

    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}/api/billing/v1",
        headers={"Authorization": f"Bearer {_TOKEN}"},
    ) as client:
        first = time.perf_counter() + 0.1
        async with asyncio.TaskGroup() as group:
            for number in range(_PER_SECOND * _SECONDS):
                path = f"/accounts/{chance.choice(accounts)}/{chance.choice(_READS)}"
                group.create_task(read(client, first + number / _PER_SECOND, path))
    return took
