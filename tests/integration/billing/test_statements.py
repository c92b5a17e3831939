"""A bank statement on the real books: booked once, matched or listed, assigned by a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import statements
from billing_backend.customers.models import Account, Customer
from billing_backend.errors import CurrencyMismatch, NotFound
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance
from billing_backend.money import Money
from billing_backend.policy import Policy
from limpede.postgres import EmbeddedPostgres
from tests import command_line

Subscriber = Callable[..., Awaitable[UUID]]
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
POLICY = Policy()
GROSS = 7260  # 60.00 + 21 %


@pytest.fixture
async def accounts(session: AsyncSession, subscriber: Subscriber) -> list[UUID]:
    """Two customers with the invoices of October and November."""
    made = [await subscriber(session, serial) for serial in (1, 2)]
    for day in (date(2026, 10, 1), date(2026, 11, 1)):
        await issue_due(session, as_of=day, now=NOW, policy=POLICY)
    return made


async def invoice_number(session: AsyncSession, account: UUID, month: int) -> str:
    number = await session.scalar(
        select(Invoice.number).where(
            Invoice.account_id == account, Invoice.period_start == date(2026, month, 1)
        )
    )
    assert number is not None
    return number


async def customer_number(session: AsyncSession, account: UUID) -> str:
    number = await session.scalar(
        select(Customer.number)
        .join(Account, Account.customer_id == Customer.id)
        .where(Account.id == account)
    )
    assert number is not None
    return number


async def book(session: AsyncSession, *rows: str) -> statements.Imported:
    content = "\n".join(["date,amount,currency,reference,note", *rows])
    return await statements.book(session, statements.read(content.encode()), now=NOW, policy=POLICY)


async def owed(session: AsyncSession, account: UUID) -> tuple[Money, Money]:
    now = await balance(session, account, today=TODAY, policy=POLICY)
    return now.due, now.credit


async def test_named_invoices_are_paid_and_the_rest_waits_for_a_person(
    session: AsyncSession, accounts: list[UUID]
) -> None:
    first, second = accounts
    november = await invoice_number(session, first, 11)
    number = await customer_number(session, second)
    done = await book(
        session,
        f"2026-11-20,72.60,RON,B1,plata {november}",
        f"2026-11-20,200.00,RON,B2,client {number}",
        "2026-11-20,45.00,RON,B3,mulțumesc",
        "2026-11-20,-9.00,RON,B4,comision",
    )
    assert (done.matched, done.known, done.left_out) == (2, 0, 1)
    assert [(line.reference, reason) for line, reason in done.unmatched] == [("B3", "no_reference")]
    assert await owed(session, first) == (Money(GROSS), Money(0))
    # 200.00 against 2 x 72.60: what is left over is the customer's credit.
    assert await owed(session, second) == (Money(0), Money(20000 - 2 * GROSS))


async def test_a_statement_imported_twice_changes_nothing(
    session: AsyncSession, accounts: list[UUID]
) -> None:
    row = f"2026-11-20,72.60,RON,B1,plata {await invoice_number(session, accounts[0], 10)}"
    await book(session, row)
    before = await owed(session, accounts[0])
    again = await book(session, row)
    assert (again.matched, again.known, again.unmatched) == (0, 1, ())
    assert await owed(session, accounts[0]) == before


async def test_a_person_assigns_unmatched_money_once(
    session: AsyncSession, accounts: list[UUID]
) -> None:
    await book(session, "2026-11-20,72.60,RON,B1,mulțumesc")
    assert [each.reference for each in await statements.unmatched(session)] == ["B1"]
    number = await customer_number(session, accounts[0])
    assert await statements.assign(session, "B1", number, actor="operator", now=NOW)
    assert not await statements.assign(session, "B1", number, actor="operator", now=NOW)
    assert await statements.unmatched(session) == []
    assert await owed(session, accounts[0]) == (Money(GROSS), Money(0))
    with pytest.raises(NotFound, match="payment B9"):
        await statements.assign(session, "B9", number, actor="operator", now=NOW)
    with pytest.raises(NotFound, match="00000000"):
        await statements.assign(session, "B1", "00000000", actor="operator", now=NOW)


async def test_money_in_another_currency_is_not_put_on_the_account_as_if_it_were_lei(
    session: AsyncSession, accounts: list[UUID]
) -> None:
    number = await customer_number(session, accounts[0])
    done = await book(session, f"2026-11-20,100.00,EUR,B1,client {number}")
    assert [reason for _, reason in done.unmatched] == ["other_currency"]
    with pytest.raises(CurrencyMismatch):
        await statements.assign(session, "B1", number, actor="operator", now=NOW)
    assert await owed(session, accounts[0]) == (Money(2 * GROSS), Money(0))


async def test_a_customer_with_two_accounts_is_not_guessed(
    session: AsyncSession, accounts: list[UUID]
) -> None:
    number = await customer_number(session, accounts[0])
    customer_id = (await session.get_one(Account, accounts[0])).customer_id
    session.add(Account(customer_id=customer_id, currency="RON", billing_day=1, opened_on=TODAY))
    await session.flush()
    done = await book(session, f"2026-11-20,72.60,RON,B1,client {number}")
    assert [reason for _, reason in done.unmatched] == ["unknown_reference"]


def test_the_commands_book_list_and_refuse(tmp_path: Path) -> None:
    var = tmp_path / "var"
    server = EmbeddedPostgres(var / "postgres", durable=False)
    server.start()

    limpede = partial(command_line.limpede, var, "billing")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    header = "date,amount,currency,reference,note\n"
    good.write_text(header + "2026-11-20,45.00,RON,B1,mulțumesc\n")
    bad.write_text(header + "2026-11-20,45.00,RON,B2,bună\n2026-11-20,x,RON,B3,bună\n")
    try:
        refused = limpede("import-statement", str(bad))
        assert refused.returncode == 2
        assert "line 3: amount 'x' is no amount" in " ".join(refused.stderr.split())
        assert limpede("unmatched").stdout == "", "nothing half written"
        assert limpede("import-statement", str(tmp_path / "none.csv")).returncode == 2
        booked = limpede("import-statement", str(good))
        assert booked.returncode == 0, booked.stderr
        assert "B1\t2026-11-20\t45.00 RON\tno_reference\tmulțumesc" in booked.stdout
        assert limpede("unmatched").stdout.split("\t")[0] == "B1"
        assert limpede("assign", "B1", "12345678").returncode == 2
        tomorrow = limpede("run", "--until", "2999-01-01")
        assert tomorrow.returncode == 2
        assert "--until" in tomorrow.stderr
        assert limpede("run", "--until", "2026-11-01", "--preview").returncode == 0
        assert limpede("parked").returncode == 0
    finally:
        server.destroy()
