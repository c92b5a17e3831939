"""A billing run by command: everything due, whole or not at all, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Price
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Account, Subscription
from billing_backend.db import Sessions, transaction
from billing_backend.demo import large
from billing_backend.invoices import run_repository
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.periods import periods_between
from billing_backend.policy import Policy
from limpede import billing_run, database
from limpede.postgres import EmbeddedPostgres
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SINCE = date(2026, 9, 30)
POLICY = Policy()


async def company(session: AsyncSession, accounts: int) -> None:
    await large.add_catalogue(session, TODAY)
    await large.add_accounts(session, first=0, count=accounts, since=SINCE)


async def bill(sessions: Sessions, until: date = TODAY, **options: Any) -> billing_run.Summary:
    return await billing_run.run(
        sessions,
        until=until,
        clock=FixedClock(NOW),
        policy=POLICY,
        tell=options.pop("tell", lambda done, of: None),
        page=options.pop("page", 7),
    )


async def test_every_period_that_has_begun_is_billed_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await company(session, 28)
    told: list[tuple[int, int]] = []
    first = await bill(sessions, tell=lambda done, of: told.append((done, of)))
    again = await bill(sessions)
    async with sessions() as session:
        periods = await session.scalar(select(func.count()).select_from(Invoice))
        serials = list(await session.scalars(select(Invoice.serial).order_by(Invoice.serial)))
        lines = await session.scalar(select(func.count()).select_from(InvoiceLine))
        total = await session.scalar(select(func.sum(Invoice.total_minor)))
        starts = await session.execute(
            select(func.min(Invoice.period_start), func.max(Invoice.period_start))
        )
    # Days 1 to 24 have begun a period in November, 25 to 28 not yet: 28 x 2 + 24.
    assert first.issued == periods == 28 * 2 + 24
    assert again.issued == 0
    assert serials == list(range(1, len(serials) + 1))
    assert starts.one() == (date(2026, 9, 1), date(2026, 11, 24))
    assert first.total_minor == {"RON": total}
    # Only the first invoice of a mobile account has data above the allowance: 14 accounts.
    assert lines == len(serials) * 5 - (len(serials) // 2 - 14)
    assert all(done <= of for done, of in told)


async def test_a_preview_says_the_same_and_leaves_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await company(session, 28)
    seen = await billing_run.preview(
        sessions,
        until=TODAY,
        clock=FixedClock(NOW),
        policy=POLICY,
        tell=lambda done, of: None,
        page=7,
    )
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Invoice)) == 0
    done = await bill(sessions)
    assert (seen.issued, seen.total_minor) == (done.issued, done.total_minor)


async def test_days_to_come_are_refused(sessions: Sessions) -> None:
    with pytest.raises(billing_run.InTheFuture, match="2026-11-24"):
        await bill(sessions, date(2026, 11, 25))


async def test_what_cannot_be_billed_is_parked_with_its_reason_and_stops_nobody(
    sessions: Sessions,
) -> None:
    async with transaction(sessions) as session:
        await company(session, 6)
        # Mobile accounts (even) lose their price, one internet account is billed in euro.
        await session.execute(delete(Price).where(Price.product_code == "ROAMING"))
        euro = await session.scalar(
            select(Subscription.account_id)
            .where(Subscription.product_code == "INTERNET_1000")
            .limit(1)
        )
        await session.execute(update(Account).where(Account.id == euro).values(currency="EUR"))
    first = await bill(sessions, until=SINCE)
    assert first.issued == 2
    assert sorted(each.reason for each in first.parked) == [
        "no_price",
        "no_price",
        "no_price",
        "other_currency",
    ]
    async with transaction(sessions) as session:
        parked = await run_repository.parked(session)
        assert {account.account_id for _, account in parked} == {
            each.account_id for each in first.parked
        }
        assert "ROAMING" in "".join(account.detail for _, account in parked)
        session.add(
            Price(
                product_code="ROAMING",
                valid_from=date(2020, 1, 1),
                net_minor=1600,
                currency="RON",
            )
        )
    second = await bill(sessions, until=SINCE)
    assert (second.issued, [each.reason for each in second.parked]) == (3, ["other_currency"])
    async with sessions() as session:
        assert [account.reason for _, account in await run_repository.parked(session)] == [
            "other_currency"
        ]


async def test_no_period_is_passed_over_whatever_the_day(session: AsyncSession) -> None:
    """Every billing day's periods since the first day to bill hold one of the run's days."""
    await company(session, 1)
    for until in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2027, 1, 30)):
        days = await billing_run._days(session, until)
        for billing_day in range(1, 32):
            for period in periods_between(billing_day, days[0], until):
                assert any(period.start <= day <= period.end for day in days), (until, period)


async def test_a_price_to_come_in_another_currency_parks_nobody_today(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await company(session, 2)
        session.add(
            Price(
                product_code="SPORT",
                valid_from=date(2027, 1, 1),
                net_minor=400,
                currency="EUR",
            )
        )
    done = await bill(sessions, until=SINCE)
    assert (done.issued, done.parked) == (2, [])


async def test_usage_is_billed_by_the_tiers_of_the_catalogue(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await company(session, 2)
        since = await session.scalar(
            select(Price.valid_from).where(Price.product_code == "DATA_EXTRA")
        )
        session.add(
            Price(
                product_code="DATA_EXTRA",
                valid_from=since,
                from_unit=2,
                net_minor=100,
                currency="RON",
            )
        )
    await bill(sessions, until=SINCE)
    async with sessions() as session:
        used = await session.execute(
            select(InvoiceLine.quantity, InvoiceLine.net_minor)
            .where(InvoiceLine.kind == "usage")
            .order_by(InvoiceLine.position)
        )
    # 53 GB of 50: one at 4.00, two at 1.00.
    assert [tuple(line) for line in used] == [(1, 400), (2, 200)]


# --- killed ---


@dataclass
class Installation:
    var: Path
    url: str

    def limpede(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "limpede", *arguments],
            cwd=ROOT,
            env={**os.environ, "LIMPEDE_VAR": str(self.var)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ask(self, question: str) -> tuple[Any, ...]:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return row


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    url = server.start()
    database.migrate(url)
    yield Installation(tmp_path, url)
    server.destroy()


def test_a_run_that_is_killed_goes_on_without_gap_or_double(installation: Installation) -> None:
    accounts = 600

    async def found(sessions: Sessions) -> None:
        async with transaction(sessions) as session:
            await company(session, accounts)

    async def count(sessions: Sessions) -> billing_run.Summary:
        return await billing_run.preview(
            sessions,
            until=SINCE,
            clock=FixedClock(NOW),
            policy=POLICY,
            tell=lambda done, of: None,
        )

    database.with_sessions(installation.url, found)
    whole = database.with_sessions(installation.url, count)

    running = installation.limpede("billing", "run", "--until", str(SINCE), "--page", "5")
    deadline = time.monotonic() + 60
    while installation.ask("SELECT count(*) FROM invoice")[0] < 20:
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline
    running.send_signal(signal.SIGKILL)
    running.communicate()
    issued, last = installation.ask("SELECT count(*), max(serial) FROM invoice")
    assert 20 <= issued < accounts, "it was killed in the middle"
    assert issued == last
    assert issued % 5 == 0, "whole pages"

    again = installation.limpede("billing", "run", "--until", str(SINCE))
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert f"{accounts - issued} invoices issued" in said
    assert installation.ask(
        "SELECT count(*), count(DISTINCT account_id), max(serial), sum(total_minor),"
        " (SELECT last FROM number_series) FROM invoice"
    ) == (accounts, accounts, accounts, whole.total_minor["RON"], accounts)
    assert installation.ask("SELECT count(*), count(DISTINCT key) FROM journal_entry") == (
        accounts,
        accounts,
    )
