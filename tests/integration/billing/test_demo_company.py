"""Is the demo company what its stories say, whatever the day, and do its books balance?"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from billing_backend.backend import BuiltInBilling
from billing_backend.contract import Authority, Corrected, ExtensionChoices, Tier
from billing_backend.demo import cast
from billing_backend.invoices.models import Charge, Invoice, InvoiceLine
from billing_backend.jobs import found_demo, run_day
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.payments.repository import outstanding, unused
from billing_backend.policy import Policy

POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")


@pytest.fixture(scope="module")
async def founded(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The demo company, founded once for this module and undone at its end."""
    async with engine.connect() as connection:
        whole = await connection.begin()
        async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
            await found_demo(session, now=NOW, policy=POLICY)
            await session.commit()
        yield connection
        await whole.rollback()


@pytest.fixture
async def company(founded: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session on the founded company; what a test does to it is undone."""
    async with founded.begin_nested() as savepoint:
        async with AsyncSession(
            founded, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await savepoint.rollback()


@pytest.fixture
def billing() -> BuiltInBilling:
    return BuiltInBilling(POLICY, code_key=b"a key of the tests")


async def account_of(session: AsyncSession, billing: BuiltInBilling, key: str) -> UUID:
    [customer] = await billing.find_customers(session, phone=getattr(cast(), key).phone)
    assert customer.name == getattr(cast(), key).name
    return customer.account_id


async def test_two_hundred_customers_have_a_year_of_invoices(company: AsyncSession) -> None:
    per_account = (
        await company.execute(select(func.count(Invoice.id)).group_by(Invoice.account_id))
    ).scalars()
    counts = list(per_account)

    assert len(counts) == 201  # one of the 200 has two accounts
    assert max(counts) == 12
    assert sum(counts) > 2000


async def test_every_invoice_is_its_lines_and_its_tax(company: AsyncSession) -> None:
    sums = (
        select(
            InvoiceLine.invoice_id,
            func.sum(InvoiceLine.net_minor).label("net"),
            func.sum(InvoiceLine.tax_minor).label("tax"),
        )
        .group_by(InvoiceLine.invoice_id)
        .subquery()
    )
    wrong = await company.scalar(
        select(func.count())
        .select_from(Invoice)
        .outerjoin(sums, sums.c.invoice_id == Invoice.id)
        .where(
            func.coalesce(sums.c.net + sums.c.tax, -1).is_distinct_from(Invoice.total_minor)
            | (sums.c.tax != Invoice.tax_minor)
        )
    )

    assert wrong == 0


async def test_invoice_numbers_have_no_gap_and_follow_the_issue_dates(
    company: AsyncSession,
) -> None:
    rows = (
        await company.execute(
            select(Invoice.year, Invoice.serial, Invoice.issued_on).order_by(
                Invoice.year, Invoice.serial
            )
        )
    ).all()

    for year in {row.year for row in rows}:
        of_year = [row for row in rows if row.year == year]
        assert [row.serial for row in of_year] == list(range(1, len(of_year) + 1))
        assert [row.issued_on for row in of_year] == sorted(row.issued_on for row in of_year)


async def test_the_books_say_what_the_invoices_say(company: AsyncSession) -> None:
    open_now = {
        account_id: int(minor)
        for account_id, minor in await company.execute(
            select(Invoice.account_id, func.sum(outstanding())).group_by(Invoice.account_id)
        )
    }
    credit = dict.fromkeys(open_now, 0)
    for each in await unused(company, list(open_now)):
        credit[each.account_id] += each.minor

    assert {a: m for a, m in (await balances(company, Ledger.RECEIVABLE)).items() if m} == {
        a: m for a, m in open_now.items() if m
    }
    owed_to_customers = await balances(company, Ledger.CUSTOMER_CREDIT)
    assert {a: -m for a, m in owed_to_customers.items() if m} == {
        a: m for a, m in credit.items() if m
    }


async def test_ana_pays_on_time_and_her_newest_invoice_is_higher_for_three_reasons(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    ana = await account_of(company, billing, "ana")

    balance = await billing.balance(company, ana, today=TODAY)
    why = await billing.explain(company, ana, month=None, today=TODAY)

    assert (balance.open_invoices, balance.overdue) == (1, Money(0))
    assert balance.due_date == TODAY + timedelta(days=10)
    assert why is not None
    assert why.previous is not None
    assert why.difference == why.current.total - why.previous.total > Money(0)
    assert [cause.kind for cause in why.causes] == [
        "add_on_added",
        "promotion_ended",
        "proration",
    ]
    assert sum(cause.amount.minor for cause in why.causes) == why.difference.minor


async def test_bogdan_is_overdue_since_yesterday_and_a_late_fee_comes_only_later(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    bogdan = await account_of(company, billing, "bogdan")

    balance = await billing.balance(company, bogdan, today=TODAY)
    await run_day(company, now=NOW, policy=POLICY)
    none_yet = await late_fees_of(company, bogdan)
    await run_day(company, now=NOW + timedelta(days=3), policy=POLICY)

    assert balance.due_date == TODAY - timedelta(days=1)
    assert (balance.days_overdue, balance.overdue) == (1, balance.due)
    assert (none_yet, await late_fees_of(company, bogdan)) == (0, 1)


async def test_after_an_arrangement_no_late_fee_falls_due_for_bogdan_until_it_is_broken(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    bogdan = await account_of(company, billing, "bogdan")
    choices = await billing.extension_choices(company, bogdan, today=TODAY)
    assert isinstance(choices, ExtensionChoices)

    await billing.arrange_extension(
        company, bogdan, choices.latest, authority=ASSISTANT, key="journey-2", now=NOW
    )
    days = (choices.latest - TODAY).days
    for day in range(days + 1):
        await run_day(company, now=NOW + timedelta(days=day), policy=POLICY)
    while_kept = await late_fees_of(company, bogdan)
    done = await run_day(company, now=NOW + timedelta(days=days + 1), policy=POLICY)

    assert while_kept == 0
    assert done.arrangements_broken == 1
    assert await late_fees_of(company, bogdan) == 1


async def test_carmens_duplicate_is_found_credited_once_and_does_not_come_again(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    carmen = await account_of(company, billing, "carmen")
    before = await billing.balance(company, carmen, today=TODAY)

    [finding] = await billing.review(company, carmen, today=TODAY)
    corrected = await billing.correct(
        company, carmen, finding.finding_id, authority=ASSISTANT, key="c1", now=NOW
    )
    again = await billing.correct(
        company, carmen, finding.finding_id, authority=ASSISTANT, key="c1", now=NOW
    )
    told = await billing.explain(company, carmen, month=None, today=TODAY)
    next_month = NOW + timedelta(days=30)
    await run_day(company, now=next_month, policy=POLICY)
    why = await billing.explain(company, carmen, month=None, today=next_month.date())

    assert finding.kind == "duplicate_charge"
    assert isinstance(corrected, Corrected)
    assert corrected == again
    assert corrected.amount == finding.amount < Money(200_00)
    assert corrected.new_total == corrected.balance_due == before.due - finding.amount
    assert await billing.review(company, carmen, today=TODAY) == []
    assert why is not None
    assert [line.description["en"] for line in why.current.lines].count("TV Films package") == 1
    # The second package was never an add-on: it was our error, and was given back.
    assert told is not None
    wrong = [cause for cause in told.causes if cause.kind == "correction"]
    assert [cause.amount for cause in wrong] == [corrected.amount]
    assert wrong[0].evidence["credit_note"] == corrected.credit_note_number
    assert [credit.number for credit in told.credits] == [corrected.credit_note_number]
    assert sum(cause.amount.minor for cause in told.causes) == told.difference.minor


async def test_dan_uses_a_small_part_of_a_big_plan(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    dan = await account_of(company, billing, "dan")

    invoices = await billing.invoices(company, dan, today=TODAY)

    assert len(invoices) == 12
    assert {line.kind for invoice in invoices for line in invoice.lines} == {"plan_fee"}
    assert (await billing.balance(company, dan, today=TODAY)).overdue == Money(0)


async def test_elenas_discount_was_on_last_months_invoice_only(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    elena = await account_of(company, billing, "elena")

    newest, last_month, before = await billing.invoices(company, elena, today=TODAY, limit=3)

    def discounts(lines: object) -> list[str]:
        return [line.kind for line in lines if line.kind == "discount"]  # type: ignore[attr-defined]

    assert discounts(last_month.lines) == ["discount"]
    assert discounts(newest.lines) == discounts(before.lines) == []
    why = await billing.explain(company, elena, month=None, today=TODAY)
    assert why is not None
    assert [cause.kind for cause in why.causes] == ["discount_ended"]


async def test_mihai_is_nobodys_customer(company: AsyncSession, billing: BuiltInBilling) -> None:
    assert list(await billing.find_customers(company, phone=cast().mihai.phone)) == []


async def test_nobody_else_is_treated_wrongly_by_our_own_billing_run(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    accounts = list(await company.scalars(select(Invoice.account_id).distinct()))

    findings = [
        finding
        for account in accounts
        for finding in await billing.review(company, account, today=TODAY)
    ]

    assert [finding.kind for finding in findings] == ["duplicate_charge"]


async def test_every_invoice_of_the_year_is_explained_to_the_last_minor_unit(
    company: AsyncSession, billing: BuiltInBilling
) -> None:
    kinds: set[str] = set()
    for index in range(0, 195, 5):
        [customer] = await billing.find_customers(company, phone=f"+40700{200_101 + index:06d}")
        for months in range(11):
            month = date(2026, 11 - months, 1) if months < 11 else date(2025, 12, 1)
            why = await billing.explain(company, customer.account_id, month=month, today=TODAY)
            if why is None or why.previous is None:
                continue
            kinds |= {cause.kind for cause in why.causes}
            payable = [
                each.total.minor - each.credit_used.minor for each in (why.current, why.previous)
            ]
            assert sum(cause.amount.minor for cause in why.causes) == payable[0] - payable[1]

    assert {"usage", "late_fee", "price_change", "promotion_ended", "proration"} <= kinds


async def late_fees_of(session: AsyncSession, account_id: UUID) -> int:
    since = TODAY - timedelta(days=1)
    found = await session.scalar(
        select(func.count())
        .select_from(Charge)
        .where(
            Charge.account_id == account_id,
            Charge.kind == "late_fee",
            Charge.supplied_on >= since,
        )
    )
    return int(found or 0)
