"""Invoices, payments, credit, late fees and corrections on the real database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    Authority,
    Corrected,
    Tier,
)
from billing_backend.corrections import repository as corrections
from billing_backend.corrections import service
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.corrections.models import CreditNote
from billing_backend.db import Sessions, transaction
from billing_backend.errors import CreditAboveInvoice, IdempotencyConflict, NotFound
from billing_backend.idempotency import once
from billing_backend.invoices.late_fees import apply_late_fees
from billing_backend.invoices.models import Charge, Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance, explain, invoices
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances, entries
from billing_backend.money import Money
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
# 60.00 + 21 %
GROSS = 7260


async def issue(session: AsyncSession, *days: date) -> int:
    issued = 0
    for day in days:
        issued += (await issue_due(session, as_of=day, now=NOW, policy=POLICY)).issued
    return issued


async def pay(session: AsyncSession, account: UUID | None, minor: int, **also: object) -> int:
    payment = Received(
        account_id=account,
        amount=Money(minor),
        received_on=TODAY,
        method="card",
        reference=str(also.pop("reference", f"P-{minor}")),
        **also,  # type: ignore[arg-type]
    )
    return await receive(session, [payment], now=NOW, policy=POLICY)


# --- the billing run ---


async def test_a_period_is_invoiced_once_however_often_the_run_runs(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)

    assert await issue(session, OCTOBER, OCTOBER, NOVEMBER, NOVEMBER) == 2
    newest, first = await invoices(session, account, today=TODAY)
    assert (first.total, newest.total) == (Money(GROSS), Money(GROSS))
    assert newest.due_on == NOVEMBER + timedelta(days=14)
    assert newest.state == "overdue"


async def test_numbers_go_on_without_a_gap_after_a_run_that_crashed(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        for serial in range(3):
            await subscriber(session, serial)
    async with sessions() as cut_off:
        assert await issue(cut_off, NOVEMBER) == 3
        await cut_off.rollback()

    async with transaction(sessions) as session:
        await issue(session, NOVEMBER)
        numbers = list(await session.scalars(select(Invoice.number).order_by(Invoice.number)))

    assert numbers == ["DT-2026-000001", "DT-2026-000002", "DT-2026-000003"]


async def test_two_runs_at_once_issue_nothing_twice(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        for serial in range(5):
            await subscriber(session, serial)

    async def run() -> int:
        async with transaction(sessions) as session:
            return await issue(session, NOVEMBER)

    assert sorted(await asyncio.gather(run(), run(), run())) == [0, 0, 5]


async def test_a_run_in_pages_bills_everybody(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    for serial in range(5):
        await subscriber(session, serial)

    issued, after = [], None
    for _ in range(3):
        page = await issue_due(
            session, as_of=NOVEMBER, now=NOW, policy=POLICY, after=after, limit=2
        )
        issued.append(page.issued)
        after = page.last

    assert (issued, after) == ([2, 2, 1], None)


# --- payments ---


async def test_a_payment_pays_the_oldest_invoice_and_the_rest_pays_the_next_one_issued(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, OCTOBER, NOVEMBER)

    await pay(session, account, 2 * GROSS + 1000)
    paid = await balance(session, account, today=TODAY, policy=POLICY)
    await issue(session, DECEMBER)
    later = await balance(session, account, today=DECEMBER, policy=POLICY)
    why = await explain(session, account, month=DECEMBER, today=DECEMBER)

    assert (paid.due, paid.credit, paid.due_date) == (Money(0), Money(1000), None)
    assert (later.due, later.credit) == (Money(GROSS - 1000), Money(0))
    assert why is not None
    assert [(cause.kind, cause.amount) for cause in why.causes] == [("credit_used", Money(-1000))]
    assert why.current.credit_used == Money(1000)


async def test_the_same_payment_reported_twice_is_booked_once(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, OCTOBER)

    assert await pay(session, account, 5000, reference="BT-1") == 1
    assert await pay(session, account, 5000, reference="BT-1") == 0
    owed = await balance(session, account, today=TODAY, policy=POLICY)
    assert owed.due == Money(GROSS - 5000)


async def test_payments_at_once_never_pay_an_invoice_twice(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await issue(session, OCTOBER)

    async def one(index: int) -> None:
        async with transaction(sessions) as session:
            await pay(session, account, 3000, reference=f"P-{index}")

    await asyncio.gather(*(one(index) for index in range(4)))
    async with transaction(sessions) as session:
        owed = await balance(session, account, today=TODAY, policy=POLICY)

    assert (owed.due, owed.credit) == (Money(0), Money(4 * 3000 - GROSS))


async def test_money_on_no_account_is_found_by_the_review_and_put_right(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, OCTOBER)
    await pay(
        session, None, GROSS, payer_note="plata factura DT-2026-000001, multumesc", reference="BT-7"
    )

    [finding] = await service.review(session, account, today=TODAY, policy=POLICY)
    done = await correct(session, account, finding.finding_id)

    assert finding.kind == "payment_not_allocated"
    assert isinstance(done, Corrected)
    assert (done.credit_note_number, done.balance_due) == (None, Money(0))
    assert await service.review(session, account, today=TODAY, policy=POLICY) == []
    assert not any((await balances(session, Ledger.RECEIVABLE)).values())
    assert not any((await balances(session, Ledger.CUSTOMER_CREDIT)).values())


# --- late fees ---


async def test_a_late_fee_comes_once_after_the_days_of_grace_and_on_the_next_invoice(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, OCTOBER)
    due = date(2026, 10, 15)

    async def fees(day: date) -> int:
        return await apply_late_fees(session, today=day, now=NOW, policy=POLICY)

    assert await fees(due + timedelta(days=3)) == 0
    assert await fees(due + timedelta(days=4)) == 1
    assert await fees(due + timedelta(days=30)) == 0
    await issue(session, NOVEMBER)
    [newest, *_] = await invoices(session, account, today=NOVEMBER)
    assert newest.total == Money(GROSS + 1000)
    audited = await session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "late_fee.charged")
    )
    assert audited == 1


async def test_a_spared_invoice_gets_no_late_fee(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await subscriber(session)
    await issue(session, OCTOBER)

    charged = await apply_late_fees(
        session, today=TODAY, now=NOW, policy=POLICY, spared=select(Invoice.id)
    )

    assert charged == 0
    assert await session.scalar(select(func.count()).select_from(Charge)) == 0


# --- corrections ---


async def correct(
    session: AsyncSession,
    account: UUID,
    finding_id: str,
    *,
    key: str = "key",
    authority: Authority = ASSISTANT,
    policy: Policy = POLICY,
) -> Corrected | AboveLimit | AlreadyCorrected:
    return await service.correct(
        session, account, finding_id, authority=authority, key=key, now=NOW, policy=policy
    )


async def charged_twice(sessions: Sessions, subscriber: Subscriber) -> tuple[UUID, str]:
    async with transaction(sessions) as session:
        account = await subscriber(session, twice=True)
        await issue(session, OCTOBER)
        [finding] = await service.review(session, account, today=TODAY, policy=POLICY)
    return account, finding.finding_id


async def test_a_correction_is_a_credit_note_an_entry_apart_from_discounts_and_an_audit_line(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    account, finding = await charged_twice(sessions, subscriber)

    async with transaction(sessions) as session:
        done = await correct(session, account, finding)
        [(note, invoice_number, lines)] = await corrections.credit_notes(session, account)
        posted = [
            {each.debit: each.amount_minor for each in transfers}
            for entry, transfers in await entries(session, account)
            if entry.kind == "credit_note"
        ]
        audited = await session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "credit_note.issued")
        )

    assert isinstance(done, Corrected)
    assert done.credit_note_number == note.number == "DTC-2026-000001"
    assert (done.amount, done.new_total) == (Money(GROSS), Money(GROSS))
    assert (invoice_number, note.reason) == (done.invoice_number, "duplicate_charge")
    assert [line.net_minor for line in lines] == [6000]
    assert posted == [{Ledger.CORRECTIONS: 6000, Ledger.VAT: 1260}]
    assert [details["finding"] for details in audited] == [finding]


async def test_many_who_correct_the_same_error_at_once_credit_it_once(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    account, finding = await charged_twice(sessions, subscriber)

    async def attempt(key: str) -> Corrected | AboveLimit | AlreadyCorrected:
        async with transaction(sessions) as session:
            return await correct(session, account, finding, key=key)

    results = await asyncio.gather(*(attempt(f"conversation-{index % 3}") for index in range(9)))
    async with transaction(sessions) as session:
        notes = await session.scalar(select(func.count()).select_from(CreditNote))

    # One key wins and its three calls get one result; the others are told who was faster.
    won = [each for each in results if isinstance(each, Corrected)]
    assert notes == 1
    assert len(won) == 3
    assert len({each.credit_note_number for each in won}) == 1
    told = [each for each in results if isinstance(each, AlreadyCorrected)]
    assert len(told) == 6
    assert {each.credit_note_number for each in told} == {won[0].credit_note_number}
    assert {(each.by, each.at) for each in told} == {("assistant", NOW)}


async def test_above_the_limit_it_is_told_who_may_and_nothing_is_credited(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    account, finding = await charged_twice(sessions, subscriber)
    strict = Policy(
        correction_limits={
            Tier.ASSISTANT: Money(GROSS - 1),
            Tier.AGENT: Money(GROSS),
            Tier.SUPERVISOR: None,
        }
    )

    async with transaction(sessions) as session:
        refused = await correct(session, account, finding, policy=strict)
        left = await corrections.credit_notes(session, account)
        agent = Authority(Tier.AGENT, "irina")
        done = await correct(session, account, finding, key="desk", authority=agent, policy=strict)

    assert refused == AboveLimit(Money(GROSS), Money(GROSS - 1), "agent")
    assert left == []
    assert isinstance(done, Corrected)


async def test_a_credit_note_on_a_paid_invoice_is_the_customers_money(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    account, finding = await charged_twice(sessions, subscriber)

    async with transaction(sessions) as session:
        await pay(session, account, 2 * GROSS)
        await correct(session, account, finding)
        owed = await balance(session, account, today=TODAY, policy=POLICY)
        books = await balances(session, Ledger.CUSTOMER_CREDIT)
        receivable = await balances(session, Ledger.RECEIVABLE)

    assert (owed.due, owed.credit) == (Money(0), Money(GROSS))
    assert books == {account: -GROSS}
    assert not any(receivable.values())


async def test_no_more_than_the_invoice_is_ever_credited(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, OCTOBER)
    [invoice] = await invoices(session, account, today=TODAY)

    async def credit(minor: int) -> Money:
        credited = await credit_invoice(
            session,
            invoice.invoice_id,
            Money(minor),
            reason="goodwill",
            actor="irina",
            now=NOW,
            policy=POLICY,
        )
        return credited.new_total

    assert await credit(GROSS - 1) == Money(1)
    with pytest.raises(CreditAboveInvoice):
        await credit(2)
    assert await credit(1) == Money(0)


# --- idempotency ---


async def test_a_key_runs_its_work_once_and_refuses_another_request(
    sessions: Sessions,
) -> None:
    number = TypeAdapter(int)
    runs: list[int] = []

    async def work() -> int:
        runs.append(len(runs))
        return len(runs)

    async def ask(request: dict[str, object]) -> int:
        async with transaction(sessions) as session:
            return await once(session, "a key", request, number, work)

    answers = await asyncio.gather(*(ask({"amount": 1}) for _ in range(5)))

    assert (answers, len(runs)) == ([1] * 5, 1)
    with pytest.raises(IdempotencyConflict):
        await ask({"amount": 2})


async def test_a_key_whose_work_failed_is_free_again(sessions: Sessions) -> None:
    async def fails() -> int:
        raise NotFound("thing", 1)

    async def works() -> int:
        return 7

    with pytest.raises(NotFound):
        async with transaction(sessions) as session:
            await once(session, "key", {}, TypeAdapter(int), fails)
    async with transaction(sessions) as session:
        assert await once(session, "key", {}, TypeAdapter(int), works) == 7
