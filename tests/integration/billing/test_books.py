"""Whatever happens in whatever order: every entry balances, and the books know every balance.

Random sequences of all use cases that change money, on two accounts of which one was charged
twice. After each step the books are held against invoices, payments and credit notes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts, statements
from billing_backend.catalogue.models import Product
from billing_backend.contract import Authority, Tier
from billing_backend.corrections import crediting, service
from billing_backend.corrections.models import CreditNote
from billing_backend.corrections.reasons import BY_HAND, Kind, kind_of, ledger_of
from billing_backend.customers.models import Account, Customer
from billing_backend.errors import WasRefunded
from billing_backend.invoices.late_fees import apply_late_fees
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.periods import months_back
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance
from billing_backend.journal import Ledger
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.payments import refunds
from billing_backend.payments.models import Payment, Refund
from billing_backend.payments.reversing import reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
MARIA = Authority(Tier.SUPERVISOR, "maria")


@dataclass
class Company:
    """Two accounts, the day that it is, and what was done so far."""

    session: AsyncSession
    accounts: list[UUID]
    today: date = date(2026, 10, 1)
    steps: int = 0
    references: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(10), ZoneInfo(POLICY.zone))

    def key(self) -> str:
        self.steps += 1
        return f"step {self.steps}"


# --- what may happen; `which` and `minor` are drawn ---


async def invoice(company: Company, which: int, minor: int) -> None:
    """The next month begins and is billed."""
    company.today = months_back(company.today.replace(day=1), -1)
    await issue_due(
        company.session,
        as_of=company.today,
        now=company.now,
        policy=POLICY,
        discounts_due=discounts.lines_for_period,
    )
    await discounts.settle_promises(company.session, now=company.now)


async def pay(company: Company, which: int, minor: int) -> None:
    """On an account, on none, or on an account though another one was named."""
    reference = company.key()
    company.references.append(reference)
    owner: UUID | None = [*company.accounts, None][which % 3]
    note = ""
    if which % 4 == 0:
        numbers = (await company.session.scalars(select(Invoice.number))).all()
        note = numbers[which % len(numbers)] if numbers else ""
    paid = Received(owner, Money(minor), company.today, "card", reference, note)
    await receive(company.session, [paid], now=company.now, policy=POLICY)


async def bounce(company: Company, which: int, minor: int) -> None:
    if company.references:
        reference = company.references[which % len(company.references)]
        # What was sent back cannot bounce as well.
        with contextlib.suppress(WasRefunded):
            await reverse(
                company.session,
                reference,
                reason="bounced",
                actor="operator",
                on=company.today,
                now=company.now,
            )


async def assign(company: Company, which: int, minor: int) -> None:
    """A person says whose a payment on no account is."""
    numbers = (await company.session.scalars(select(Customer.number))).all()
    for payment in await statements.unmatched(company.session):
        await statements.assign(
            company.session,
            payment.reference,
            numbers[which % len(numbers)],
            actor="operator",
            now=company.now,
        )


async def credit(company: Company, which: int, minor: int) -> None:
    """By hand: an invoice or its first line, whole or in part, for any reason."""
    numbers = (await company.session.scalars(select(Invoice.number))).all()
    if numbers:
        await crediting.credit(
            company.session,
            sorted(numbers)[which % len(numbers)],
            line=1 if which % 2 else None,
            amount=None if which % 5 == 0 else Money(minor),
            reason=BY_HAND[which % len(BY_HAND)],
            note="by hand",
            authority=MARIA,
            key=company.key(),
            now=company.now,
            policy=POLICY,
        )


async def discount(company: Company, which: int, minor: int) -> None:
    await discounts.grant_discount(
        company.session,
        company.accounts[which % 2],
        percent_bp=1 + minor % 5_000,
        months=1 + which % 3,
        reason="leaving",
        conversation_id=None,
        authority=MARIA,
        key=company.key(),
        now=company.now,
        policy=POLICY,
    )


async def correct(company: Company, which: int, minor: int) -> None:
    """Everything that the review finds is put right."""
    for account in company.accounts:
        for finding in await service.review(
            company.session, account, today=company.today, policy=POLICY
        ):
            await service.correct(
                company.session,
                account,
                finding.finding_id,
                authority=MARIA,
                key=company.key(),
                now=company.now,
                policy=POLICY,
            )


async def refund(company: Company, which: int, minor: int) -> None:
    """Credit goes back; what was asked for before is sent, or fails."""
    requested = select(Refund).where(Refund.state == "requested")
    for each in (await company.session.scalars(requested)).all():
        state = "failed" if which % 5 == 0 else "sent"
        await refunds.settle(company.session, each, state, actor="operator", now=company.now)
    await refunds.refund_credit(
        company.session,
        company.accounts[which % 2],
        Money(minor),
        reason="requested",
        authority=MARIA,
        key=company.key(),
        now=company.now,
        policy=POLICY,
    )


async def late_fee(company: Company, which: int, minor: int) -> None:
    company.today += timedelta(days=which)
    await apply_late_fees(company.session, today=company.today, now=company.now, policy=POLICY)


USE_CASES = [
    invoice,
    invoice,
    pay,
    pay,
    bounce,
    assign,
    credit,
    discount,
    correct,
    refund,
    late_fee,
]
STEPS = st.lists(
    st.tuples(st.sampled_from(USE_CASES), st.integers(0, 24), st.integers(1, 20_000)),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=30,
    deadline=None,
    # Each example is undone by its own savepoint, so one session serves them all.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_the_books_agree_after_any_sequence_of_use_cases(
    session: AsyncSession,
    subscriber: Subscriber,
    steps: list[tuple[Callable[[Company, int, int], Awaitable[None]], int, int]],
) -> None:
    undone = await session.begin_nested()
    try:
        company = Company(
            session, [await subscriber(session, 1), await subscriber(session, 2, twice=True)]
        )
        for use_case, which, minor in steps:
            await use_case(company, which, minor)
            await session.flush()
            await the_books_agree(company)
    finally:
        await undone.rollback()
        session.expunge_all()


# --- the books against everything else ---


async def the_books_agree(company: Company) -> None:
    session = company.session
    await every_entry_balances(session)
    for account in company.accounts:
        await an_account_agrees(company, account)
    booked = await by_ledger(session)
    expected = {
        **await from_payments(session),
        **await from_documents(session),
    }
    assert {ledger: booked.get(ledger, 0) for ledger in expected} == expected
    assert booked.get(Ledger.MEMO_DISCOUNTS_PROMISED, 0) == -booked.get(
        Ledger.MEMO_DISCOUNTS_OPEN, 0
    )
    assert set(booked) <= set(Ledger)
    assert sum(booked.values()) == 0, "the trial balance"


async def every_entry_balances(session: AsyncSession) -> None:
    transfers = (await session.scalars(select(JournalTransfer))).all()
    entries = set(await session.scalars(select(JournalEntry.id)))
    assert {each.entry_id for each in transfers} <= entries
    for each in transfers:
        assert each.amount_minor > 0
        assert each.debit != each.credit
        assert each.currency == POLICY.currency


async def an_account_agrees(company: Company, account: UUID) -> None:
    now = await balance(company.session, account, today=company.today, policy=POLICY)
    receivable = await balances(company.session, Ledger.RECEIVABLE)
    credit_ = await balances(company.session, Ledger.CUSTOMER_CREDIT)
    assert receivable.get(account, 0) == now.due.minor
    assert credit_.get(account, 0) == -now.credit.minor
    assert not (now.due and now.credit), "credit pays what is open"


async def by_ledger(session: AsyncSession) -> dict[str, int]:
    """Debits less credits of every account of the books."""
    found: dict[str, int] = {}
    for side, sign in ((JournalTransfer.debit, 1), (JournalTransfer.credit, -1)):
        rows = await session.execute(
            select(side, func.sum(JournalTransfer.amount_minor)).group_by(side)
        )
        for ledger, minor in rows:
            found[ledger] = found.get(ledger, 0) + sign * int(minor)
    return found


async def from_payments(session: AsyncSession) -> dict[str, int]:
    payments = (await session.scalars(select(Payment))).all()
    came = [each for each in payments if each.reversed_on is None]
    going = (await session.scalars(select(Refund))).all()
    return {
        Ledger.CASH: sum(each.amount_minor for each in came)
        - sum(each.amount_minor for each in going if each.state == "sent"),
        Ledger.REFUNDS: -sum(each.amount_minor for each in going if each.state == "requested"),
        Ledger.SUSPENSE: -sum(each.amount_minor for each in came if each.account_id is None),
    }


async def from_documents(session: AsyncSession) -> dict[str, int]:
    kind = case(
        (InvoiceLine.kind == "discount", Ledger.DISCOUNTS),
        (InvoiceLine.kind == "late_fee", Ledger.LATE_FEES),
        else_=Ledger.REVENUE,
    )
    lines = await session.execute(
        select(kind, func.sum(InvoiceLine.net_minor), func.sum(InvoiceLine.tax_minor)).group_by(
            kind
        )
    )
    expected = dict.fromkeys([*map(ledger_of, BY_HAND), Ledger.DISCOUNTS, Ledger.VAT], 0)
    for ledger, net, tax in lines:
        expected[ledger] = expected.get(ledger, 0) - int(net)
        expected[Ledger.VAT] -= int(tax)
    for note in await session.scalars(select(CreditNote)):
        expected[ledger_of(note.reason)] += note.net_minor
        expected[Ledger.VAT] += note.tax_minor
    return expected


async def test_the_sequences_reach_every_account_of_the_books(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    """A test of the test: a fixed sequence after which no account of the books is untouched."""
    company = Company(
        session, [await subscriber(session, 1), await subscriber(session, 2, twice=True)]
    )
    steps: Sequence[tuple[Callable[[Company, int, int], Awaitable[None]], int, int]] = [
        (invoice, 0, 1),
        (discount, 0, 1_000),
        (late_fee, 24, 1),
        (pay, 2, 4_500),
        (pay, 8, 20_000),
        (invoice, 0, 1),
        (credit, 9, 500),
        (credit, 10, 500),
        (credit, 11, 500),
        (correct, 0, 1),
        (refund, 1, 100),
        (refund, 1, 100),
        (refund, 0, 100),
        (bounce, 1, 1),
        (invoice, 0, 1),
    ]
    for use_case, which, minor in steps:
        await use_case(company, which, minor)
        await session.flush()
        await the_books_agree(company)

    assert set(await by_ledger(session)) == set(Ledger)
    kinds = {kind_of(each) for each in await session.scalars(select(CreditNote.reason))}
    assert kinds == {Kind.ERROR, Kind.GOODWILL, Kind.CANCELLATION}
    assert await session.scalar(select(func.count()).select_from(Account)) == 2
    assert await session.scalar(select(func.count()).select_from(Product)) == 1
