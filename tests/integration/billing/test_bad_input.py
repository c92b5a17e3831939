"""Payments that make no sense: an error that names the field, and nothing half written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.errors import BillingError, CurrencyMismatch, NotFound, WrongValue
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance, explain
from billing_backend.journal.models import JournalEntry
from billing_backend.money import Money
from billing_backend.payments.models import Allocation, Payment
from billing_backend.payments.reversing import reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
GROSS = 7260  # 60.00 + 21 %
MILLION = "x" * 1_000_000


async def count(session: AsyncSession) -> list[int]:
    return [
        await session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Payment, Allocation, JournalEntry)
    ]


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"amount": Money(0)}, WrongValue, "amount: must be above zero"),
        ({"amount": Money(-100)}, WrongValue, "amount: must be above zero"),
        ({"amount": Money(100, "EUR")}, CurrencyMismatch, "EUR and RON cannot be added"),
        ({"payer_note": MILLION}, WrongValue, "payer_note: at most 1,000 characters"),
        ({"payer_note": "a\x00b"}, WrongValue, "payer_note: must be plain text"),
        ({"reference": MILLION}, WrongValue, "reference: at most 140 characters"),
        ({"reference": ""}, WrongValue, "reference: must not be empty"),
        ({"account_id": UUID(int=1)}, NotFound, "no account"),
    ],
)
async def test_one_payment_that_makes_no_sense_stops_all_of_them(
    session: AsyncSession,
    subscriber: Subscriber,
    wrong: dict[str, object],
    error: type[BillingError],
    words: str,
) -> None:
    account = await subscriber(session)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    before = await count(session)
    good: dict[str, object] = {
        "account_id": account,
        "amount": Money(100),
        "received_on": TODAY,
        "method": "card",
        "reference": "P-2",
        "payer_note": "a note",
    }
    payments = [
        Received(account, Money(100), TODAY, "card", "P-1"),
        Received(**(good | wrong)),  # type: ignore[arg-type]
    ]

    with pytest.raises(error, match=words):
        await receive(session, payments, now=NOW, policy=POLICY)

    assert await count(session) == before
    owed = await balance(session, account, today=TODAY, policy=POLICY)
    assert owed.due == Money(GROSS)


@pytest.mark.parametrize("reason", ["", "  ", MILLION])
async def test_a_reversal_without_a_reason_that_can_be_kept_undoes_nothing(
    session: AsyncSession, subscriber: Subscriber, reason: str
) -> None:
    account = await subscriber(session)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    paid = Received(account, Money(GROSS), TODAY, "card", "P-1")
    await receive(session, [paid], now=NOW, policy=POLICY)

    with pytest.raises(WrongValue, match="reason: "):
        await reverse(session, "P-1", reason=reason, actor="operator", on=TODAY, now=NOW)

    owed = await balance(session, account, today=TODAY, policy=POLICY)
    assert owed.due == Money(0)


async def test_months_before_the_first_agreement_have_no_invoice_to_explain(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    run = await issue_due(session, as_of=date(2026, 9, 1), now=NOW, policy=POLICY)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)

    assert run.issued == 0, "the plan begins in October"
    early, october = date(2020, 1, 1), date(2026, 10, 1)
    assert await explain(session, account, month=early, today=TODAY) is None
    assert await explain(session, account, month=october, against=early, today=TODAY) is None
    assert await explain(session, account, month="DT-1", today=TODAY) is None
    alone = await explain(session, account, month=october, today=TODAY)
    assert alone is not None
    assert alone.previous is None
