"""An operator gives money back by command, and sees what was given back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from billing_backend.db import Sessions, transaction
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.policy import Policy
from limpede import database
from limpede.postgres import EmbeddedPostgres
from tests import command_line
from tests.command_line import Command, Said

Subscriber = Callable[..., Awaitable[UUID]]
NUMBER = "DT-2026-000001"


@pytest.fixture
def limpede(
    request: pytest.FixtureRequest, tmp_path: Path, subscriber: Subscriber
) -> Iterator[Command]:
    """The command line beside a database with one invoice of 72.60, in RON unless asked for."""
    var = tmp_path / "var"
    server = EmbeddedPostgres(var / "postgres", durable=False)
    url = server.start()

    async def found(sessions: Sessions) -> None:
        async with transaction(sessions) as session:
            await subscriber(session)
            now = datetime(2026, 10, 1, 9, tzinfo=UTC)
            await issue_due(session, as_of=date(2026, 10, 1), now=now, policy=Policy())
            await session.execute(update(Invoice).values(currency=getattr(request, "param", "RON")))

    run = partial(command_line.limpede, var, "billing")
    try:
        database.migrate(url)
        database.with_sessions(url, found)
        yield run
    finally:
        server.destroy()


def refused(done: Said, *words: str) -> None:
    said = " ".join(done.stderr.split())
    assert done.returncode == 2, said
    assert "Traceback" not in said
    for word in words:
        assert word in said, said


def test_credit_by_command_is_told_counted_and_never_too_much(limpede: Command) -> None:
    why = ("--reason", "goodwill", "--note", "o zi fără internet")
    done = limpede("credit", NUMBER, "--line", "1", "--amount", "12,60", *why, "--key", "a")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stderr.split())
    assert "12.60 RON of DT-2026-000001 given back; 60.00 RON of it are left to pay" in said
    again = limpede("credit", NUMBER, "--line", "1", "--amount", "12,60", *why, "--key", "a")
    assert again.returncode == 0, again.stderr

    refused(limpede("credit", NUMBER, "--amount", "60.01", *why), "only 60.00 RON are left")
    refused(limpede("credit", NUMBER, "--amount", "1.001", *why), "--amount")
    refused(limpede("credit", NUMBER, "--amount", "-1", *why), "amount: must be above zero")
    refused(limpede("credit", "DT-1", *why), "no invoice DT-1")
    refused(limpede("credit", NUMBER, "--reason", "tea", "--note", "x"), "reason: must be one of")
    refused(limpede("corrections", "--from", "2026-12-01", "--until", "2026-01-01"), "--from")

    counted = limpede("corrections", "--from", "2026-01-01", "--until", "2999-12-31")
    assert counted.returncode == 0, counted.stderr
    [line] = counted.stdout.splitlines()
    # 12.60 / 1.21 = 10.41
    assert line.split("\t")[1:] == [
        "goodwill",
        "goodwill",
        "1",
        "10.41 RON",
        "2.19 RON",
        "12.60 RON",
    ]


@pytest.mark.parametrize("limpede", ["EUR"], indirect=True)
def test_an_amount_is_in_the_currency_of_the_invoice(limpede: Command) -> None:
    done = limpede(
        "credit", NUMBER, "--amount", "12.60", "--reason", "goodwill", "--note", "o zi fără net"
    )
    assert done.returncode == 0, done.stderr
    assert "12.60 EUR of DT-2026-000001 given back" in " ".join(done.stderr.split())
