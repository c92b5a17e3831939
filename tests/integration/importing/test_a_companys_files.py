"""A company brings its products, customers, agreements, invoices, payments and usage."""

from __future__ import annotations

import csv
import json
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.corrections.service import review
from billing_backend.customers.models import Account, Contact, Customer, Subscription, Usage
from billing_backend.customers.rules import is_customer_number
from billing_backend.importing import KINDS
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance, explain
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.payments.models import Payment
from billing_backend.policy import Policy
from limpede.tables import MODULES
from tests.integration.importing.conftest import NOW, Import, changed, example, told

TODAY = date(2026, 11, 25)
POLICY = Policy()


async def account(session: AsyncSession, reference: str) -> UUID:
    found = await session.scalar(select(Account.id).where(Account.reference == reference))
    assert found is not None
    return found


async def owed(session: AsyncSession, reference: str) -> tuple[Money, Money]:
    now = await balance(session, await account(session, reference), today=TODAY, policy=POLICY)
    return now.due, now.credit


async def counts(session: AsyncSession) -> dict[str, int]:
    tables = (Customer, Contact, Account, Subscription, Invoice, InvoiceLine, Payment, Usage)
    return {
        table.__tablename__: await session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
    }


async def test_what_was_owed_in_the_old_system_is_owed_here(
    session: AsyncSession, company: Import
) -> None:
    assert await owed(session, "C-1001") == (Money(0), Money(0))
    assert await owed(session, "A-2001") == (Money(1413), Money(0))  # 64.13 - 50.00
    receivable = await balances(session, Ledger.RECEIVABLE)
    assert receivable[await account(session, "A-2001")] == 1413


async def test_customers_get_numbers_and_phones_as_the_assistant_needs_them(
    session: AsyncSession, company: Import
) -> None:
    rows = (await session.execute(select(Customer.number, Contact.value).join(Contact))).all()
    assert sorted(phone for _, phone in rows) == ["+40721000101", "+40721000102"]
    assert all(is_customer_number(number) for number, _ in rows)
    assert len({number for number, _ in rows}) == 2


async def test_who_has_not_agreed_to_notices_is_told_none_of_their_own_accord(
    session: AsyncSession, bring: Import
) -> None:
    header, *rows = example("customers").read_text(encoding="utf-8").splitlines()
    said = [f"{row},{'no' if row.startswith('C-1001') else ''}" for row in rows]
    await bring("customers", "\n".join([f"{header},notices", *said]))

    found = await session.execute(select(Customer.reference, Customer.wants_notices))
    assert {row.reference: row.wants_notices for row in found} == {"C-1001": False, "C-1002": True}


async def test_a_business_customer_comes_in_as_a_company(
    session: AsyncSession, company: Import
) -> None:
    peter = (await session.scalars(select(Customer).where(Customer.reference == "C-1002"))).one()
    assert (peter.kind, peter.company_name, peter.tax_id) == (
        "business",
        "Novak Studio SRL",
        "RO14399840",
    )
    labels = await session.scalars(select(Account.label).where(Account.customer_id == peter.id))
    assert sorted(filter(None, labels)) == ["Mobile phones", "Office"]


async def test_the_next_invoice_goes_on_where_the_old_system_stopped_and_is_explained(
    session: AsyncSession, company: Import
) -> None:
    await issue_due(session, as_of=date(2026, 11, 15), now=NOW, policy=POLICY)
    found = await explain(session, await account(session, "C-1001"), month=None, today=TODAY)
    assert found is not None
    assert found.previous is not None
    # 47.19 (39.00 + 21 %) after 54.45: the extra data of September (7.26) is not on it.
    assert (found.current.total, found.difference) == (Money(4719), Money(-726))
    assert [(cause.kind, cause.amount) for cause in found.causes] == [("usage", Money(-726))]


def used(*rows: str) -> str:
    return "\n".join(["account,product,period_start,period_end,quantity", *rows])


async def test_what_was_used_above_the_allowance_is_on_the_next_invoice_once(
    session: AsyncSession, company: Import
) -> None:
    october = used("A-2002,MOBIL_20,2026-10-01,2026-10-31,25")
    assert (await company("usage", october)).imported == 1
    await issue_due(session, as_of=date(2026, 11, 15), now=NOW, policy=POLICY)

    [line] = await session.scalars(
        select(InvoiceLine).where(
            InvoiceLine.kind == "usage", InvoiceLine.period_start == date(2026, 10, 1)
        )
    )
    # 25 GB of an allowance of 20: 5 x 4.00
    assert (line.quantity, line.net_minor, line.product_code) == (5, 2000, "GB_EXTRA")
    again = await company("usage", october)
    assert (again.imported, again.known, again.bad) == (0, 1, 0)


async def test_what_comes_after_the_invoice_that_should_have_billed_it_is_told(
    session: AsyncSession, company: Import
) -> None:
    await issue_due(session, as_of=date(2026, 11, 15), now=NOW, policy=POLICY)
    report = await company("usage", used("A-2002,MOBIL_20,2026-10-01,2026-10-31,21"))
    [(line, column, reason)] = told(report)
    assert (line, column) == (2, "quantity")
    assert reason.startswith("is above the allowance, but invoice DT-2026-")
    # What is within the allowance costs nothing: it is kept to compare plans by.
    within = await company("usage", used("A-2002,MOBIL_20,2026-10-01,2026-10-31,20"))
    assert (within.imported, within.bad) == (1, 0)


@pytest.mark.parametrize(
    ("billing_day", "period"),
    [
        (15, "2026-09-15,2026-10-14"),
        (30, "2026-02-28,2026-03-29"),  # February has no 30th
        (31, "2026-03-31,2026-04-29"),
        (31, "2026-09-30,2026-10-30"),
        (31, "2025-12-31,2026-01-30"),
    ],
)
async def test_periods_end_with_short_months(bring: Import, billing_day: int, period: str) -> None:
    await bring("products")
    await bring("customers", changed("customers", "2024-03-15,1,", f"2024-03-15,{billing_day},"))
    await bring("agreements")
    report = await bring("usage", used(f"C-1001,MOBIL_20,{period},5"))
    assert (report.imported, report.problems) == (1, [])


async def test_of_two_agreements_in_a_period_the_later_one_has_used_it(
    session: AsyncSession, bring: Import
) -> None:
    await bring("products")
    await bring("customers")
    agreed = "account,product,starts_on,ends_on,billed_here_from,ordered_on"
    first = "C-1001,MOBIL_20,2026-01-01,2026-09-10,2026-01-01,2025-12-01"
    second = "C-1001,MOBIL_20,2026-09-20,,2026-09-20,2026-09-19"
    await bring("agreements", "\n".join([agreed, first, second]))
    await bring("usage", used("C-1001,MOBIL_20,2026-09-01,2026-09-30,5"))
    starts = select(Subscription.starts_on).join(Usage, Usage.subscription_id == Subscription.id)
    assert list(await session.scalars(starts)) == [date(2026, 9, 20)]


async def test_an_imported_company_has_nothing_that_the_review_would_find_wrong(
    session: AsyncSession, company: Import
) -> None:
    for reference in ("C-1001", "A-2001", "A-2002"):
        whose = await account(session, reference)
        assert await review(session, whose, today=TODAY, policy=POLICY) == []


async def test_an_account_in_another_currency_owes_in_it(
    session: AsyncSession, bring: Import
) -> None:
    await bring("products", changed("products", "RON", "EUR"))
    await bring("customers", changed("customers", "RON", "EUR"))
    report = await bring("invoices")
    assert report.problems == []
    due, _ = await owed(session, "A-2001")
    assert due == Money(6413, "EUR")


async def test_the_same_files_again_change_nothing(session: AsyncSession, company: Import) -> None:
    before = await counts(session)
    for kind in KINDS:
        report = await company(kind)
        lines = len(example(kind).read_text(encoding="utf-8").splitlines()) - 1
        assert (report.imported, report.known, report.bad) == (0, lines, 0)
    assert await counts(session) == before


@pytest.mark.parametrize("kind", list(KINDS))
async def test_json_lines_say_the_same_as_csv(
    session: AsyncSession, company: Import, kind: str
) -> None:
    header, *rows = example(kind).read_text(encoding="utf-8").splitlines()
    lines = [
        json.dumps({k: v for k, v in zip(header.split(","), row, strict=True) if v})
        for row in csv.reader(rows)
    ]
    report = await company(kind, "\n".join(lines))
    assert (report.imported, report.known, report.bad) == (0, len(rows), 0)


async def test_a_bad_row_stops_the_whole_file_and_says_where(
    session: AsyncSession, bring: Import
) -> None:
    await bring("products")
    report = await bring("customers", changed("customers", "0721 000 101", "not a phone"))
    assert report.refused
    assert told(report) == [(2, "phone", "is not a phone number; write +40721234567")]
    assert (await counts(session))["customer"] == 0


async def test_skipping_bad_rows_brings_the_others(session: AsyncSession, bring: Import) -> None:
    await bring("products")
    written = changed("customers", "0721 000 101", "not a phone")
    report = await bring("customers", written, skip_bad=True)
    assert (report.imported, report.bad, report.refused) == (2, 1, False)
    assert list(await session.scalars(select(Customer.reference))) == ["C-1002"]


async def test_an_invoice_with_a_bad_line_is_left_out_whole(
    session: AsyncSession, bring: Import
) -> None:
    for kind in ("products", "customers", "agreements"):
        await bring(kind)
    written = changed("invoices", "8.00,21,1.68", "8.00,21,1.99")
    report = await bring("invoices", written, skip_bad=True)
    assert told(report) == [(5, "tax", "is not 21 % of net, which is 1.68")]
    assert list(await session.scalars(select(Invoice.number))) == ["V-90871"]


def test_importing_needs_no_table_of_its_own() -> None:
    assert not [module for module in MODULES if "importing" in module]
