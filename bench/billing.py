"""How fast does billing issue invoices, and how fast does it answer when there are many?"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from rich.console import Console
from sqlalchemy import select

from bench import api
from bench.table import Row, Times
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Account
from billing_backend.db import Sessions, transaction
from billing_backend.demo import large
from billing_backend.invoices import run_repository
from billing_backend.invoices.drafts import add_up
from billing_backend.invoices.facts import AccountFacts
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.numbering import take_numbers
from billing_backend.invoices.periods import period_of
from billing_backend.invoices.rules import draft_lines
from billing_backend.policy import Policy
from limpede import billing_run, database
from limpede.postgres import EmbeddedPostgres

MONTHS = (date(2026, 9, 30), date(2026, 10, 31))
TODAY = date(2026, 11, 24)
_CHUNK = 5_000
_BY_ORM = 200
_ASKED = 300


def measure(console: Console, accounts: int) -> list[Row]:
    """Founds a company of that many accounts and bills it for two months."""
    with tempfile.TemporaryDirectory(prefix="limpede-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            url = server.start()
            database.migrate(url)
            console.print(f"Founding a company of {accounts:,} accounts ...")
            database.with_sessions(url, lambda sessions: _found(sessions, accounts))
            console.print("Billing it, twice ...")
            rows = [
                database.with_sessions(url, _by_orm),
                *(database.with_sessions(url, _billed(month)) for month in MONTHS),
            ]
            return [
                *rows,
                *database.with_sessions(url, _asked),
                database.with_sessions(url, api.asked(TODAY)),
            ]
        finally:
            server.destroy()


async def _found(sessions: Sessions, accounts: int) -> None:
    async with transaction(sessions) as session:
        await large.add_catalogue(session, TODAY)
    for first in range(0, accounts, _CHUNK):
        async with transaction(sessions) as session:
            count = min(_CHUNK, accounts - first)
            await large.add_accounts(session, first=first, count=count, since=MONTHS[0])


def _billed(month: date) -> Callable[[Sessions], Awaitable[Row]]:
    async def run(sessions: Sessions) -> Row:
        began = time.perf_counter()
        done = await billing_run.run(
            sessions,
            until=month,
            clock=FixedClock(datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=UTC)),
            policy=Policy(),
            tell=lambda seen, expected: None,
        )
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Row(
            f"billing run of {month:%B}, {done.issued:,} invoices",
            f"{done.issued / seconds:.0f} invoices/s, {seconds:.0f} s",
            f"{peak:.0f} MB at most",
            "at least 1,000/s, under 500 MB",
        )

    return run


async def _by_orm(sessions: Sessions) -> Row:
    """The same invoices as a loop would issue them, row by row through the ORM; undone after."""
    async with sessions() as session:
        accounts = list(await session.scalars(select(Account).limit(_BY_ORM)))
        began = time.perf_counter()
        for account in accounts:
            period = period_of(account.billing_day, MONTHS[0])
            current = {account.id: (account.billing_day, period)}
            currencies = {account.id: account.currency}
            found = await run_repository.subscriptions(session, current, currencies)
            facts = AccountFacts(
                account.id, account.billing_day, account.currency, tuple(found[account.id])
            )
            draft = add_up(draft_lines(facts, period), account.currency)
            [number] = await take_numbers(session, "ORM", TODAY.year, 1)
            invoice = Invoice(
                id=uuid4(),
                account_id=account.id,
                series="ORM",
                year=TODAY.year,
                serial=number.serial,
                number=str(number),
                period_start=period.start,
                period_end=period.end,
                issued_on=TODAY,
                due_on=TODAY,
                net_minor=draft.net.minor,
                tax_minor=draft.tax.minor,
                total_minor=draft.total.minor,
                currency=account.currency,
            )
            session.add(invoice)
            await session.flush()
            for position, (line, tax) in enumerate(draft.lines, start=1):
                session.add(
                    InvoiceLine(
                        invoice_id=invoice.id,
                        position=position,
                        kind=line.kind,
                        description=line.description,
                        quantity=line.quantity,
                        net_minor=line.net.minor,
                        tax_minor=tax.minor,
                        tax_rate_bp=line.tax_rate_bp,
                        period_start=line.period.start,
                        period_end=line.period.end,
                        product_code=line.product_code,
                        subscription_id=line.subscription_id,
                        promotion_id=line.promotion_id,
                    )
                )
            await session.flush()
        seconds = time.perf_counter() - began
        await session.rollback()
    return Row("the same row by row, without books or audit", f"{_BY_ORM / seconds:.0f} invoices/s")


async def _asked(sessions: Sessions) -> list[Row]:
    billing = BuiltInBilling(Policy(), code_key=b"a key of the bench")
    async with sessions() as session:
        some = await session.scalars(select(Account.id).order_by(Account.id).limit(_ASKED))
        accounts = list(some)
    rows = []
    for name, ask, goal in (
        ("balance", billing.balance, "under 10 ms"),
        ("explanation", _explained(billing), "under 50 ms"),
        ("account review", billing.review, "under 50 ms"),
    ):
        times = []
        for account in accounts:
            async with transaction(sessions) as session:
                began = time.perf_counter()
                await ask(session, account, today=TODAY)
                times.append(time.perf_counter() - began)
        rows.append(Row(f"{name} of one account", str(Times.of(times)), goal=f"p95 {goal}"))
    return rows


def _explained(billing: BuiltInBilling) -> Callable[..., Awaitable[object]]:
    async def explain(session: object, account: UUID, *, today: date) -> object:
        return await billing.explain(session, account, month=None, today=today)

    return explain
