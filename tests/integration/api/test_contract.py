"""Whatever is sent, the API keeps what its OpenAPI description promises, and never breaks."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Account
from billing_backend.db import Base, Sessions, make_engine, make_sessions, transaction
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from tests.integration.api.conftest import NOW, POLICY
from tests.integration.billing.conftest import make_subscriber

TOKEN = "secret"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def make_app(sessions: Sessions) -> FastAPI:
    app = FastAPI()
    billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
    app.include_router(make_billing_api(sessions, billing, FixedClock(NOW), TOKEN))
    return app


class Served:
    """The API on a real port, in a thread with its own loop and engine, and an account in it."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._ready = threading.Event()
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.account = ""
        self.number = ""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(30)

    async def _run(self) -> None:
        engine = make_engine(self._url)
        sessions = make_sessions(engine)
        async with transaction(sessions) as session:
            account = await make_subscriber(session, twice=True)
            await issue_due(session, as_of=date(2026, 11, 1), now=NOW, policy=POLICY)
            self.number = await session.scalar(select(Invoice.number)) or ""
            self.account = str(await session.scalar(select(Account.id)) or account)
        config = uvicorn.Config(make_app(sessions), log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        self._ready.set()
        await serving
        async with engine.begin() as connection:
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            await connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
        await engine.dispose()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)


@pytest.fixture(scope="module")
def served(database_url: str, engine: object) -> Iterator[Served]:
    api = Served(database_url)
    yield api
    api.stop()


OPERATIONS = [
    result.ok()
    for result in schemathesis.openapi.from_dict(
        make_app(make_sessions(make_engine("postgresql://nobody@127.0.0.1/none"))).openapi()
    ).get_all_operations()
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
@pytest.mark.parametrize("real", [False, True], ids=["any account", "a real account"])
def test_whatever_is_sent_the_answer_is_as_described(
    served: Served, operation: schemathesis.APIOperation, real: bool
) -> None:
    """What is generated seldom names a real account or invoice: every second run puts them in."""

    @settings(
        max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def each(case: schemathesis.Case) -> None:
        if real:
            _name_the_real_ones(case, served)
        case.call_and_validate(
            base_url=served.base, headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS
        )

    each()


def test_every_route_is_described() -> None:
    assert len(OPERATIONS) >= 16
    for operation in OPERATIONS:
        assert {"401", "403", "404", "409", "422"} <= operation.definition.raw["responses"].keys()


def _name_the_real_ones(case: schemathesis.Case, served: Served) -> None:
    if "account_id" in case.path_parameters:
        case.path_parameters["account_id"] = served.account
    if "number" in case.path_parameters:
        case.path_parameters["number"] = served.number
    if isinstance(case.body, dict) and "account_id" in case.body:
        case.body["account_id"] = served.account


def test_every_figure_and_text_is_shown_by_an_example() -> None:
    """A date or an id explains itself; what else a field holds is seen from an example."""
    sources = make_sessions(make_engine("postgresql://nobody@127.0.0.1/none"))
    schemas = make_app(sources).openapi()["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, shape in schema.get("properties", {}).items()
        if "examples" not in shape and _is_bare(shape)
    ]
    assert bare == []


def _is_bare(shape: dict[str, Any]) -> bool:
    kinds = [shape, *shape.get("anyOf", [])]
    return any(
        each.get("type") in ("string", "integer", "object")
        and not each.keys() & {"format", "enum", "const"}
        for each in kinds
    )
