"""A payment that bounced: what it paid is owed again, on the account and in the books."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import statements
from billing_backend.errors import NotFound
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.money import Money
from billing_backend.payments.reversing import Reversed, reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
POLICY = Policy()
GROSS = 7260  # 60.00 + 21 %


async def issue(session: AsyncSession, *months: int) -> None:
    for month in months:
        await issue_due(session, as_of=date(2026, month, 1), now=NOW, policy=POLICY)


async def pay(session: AsyncSession, account: UUID | None, minor: int, reference: str) -> None:
    paid = Received(account, Money(minor), date(2026, 11, 10), "card", reference)
    await receive(session, [paid], now=NOW, policy=POLICY)


async def bounce(session: AsyncSession, reference: str) -> Reversed | None:
    return await reverse(session, reference, reason="bounced", actor="operator", on=TODAY, now=NOW)


async def owed(session: AsyncSession, account: UUID) -> tuple[int, int]:
    now = await balance(session, account, today=TODAY, policy=POLICY)
    return now.due.minor, now.credit.minor


async def in_the_books(session: AsyncSession, account: UUID, ledger: str) -> int:
    """Debits less credits of the account on one account of the books."""
    amount = JournalTransfer.amount_minor
    signed = case((JournalTransfer.debit == ledger, amount), else_=0) - case(
        (JournalTransfer.credit == ledger, amount), else_=0
    )
    found = await session.scalar(
        select(func.coalesce(func.sum(signed), 0))
        .join(JournalEntry, JournalEntry.id == JournalTransfer.entry_id)
        .where(JournalEntry.account_id == account)
    )
    return int(found or 0)


async def agrees_with_the_books(session: AsyncSession, account: UUID) -> None:
    due, credit = await owed(session, account)
    assert await in_the_books(session, account, "receivable") == due
    assert await in_the_books(session, account, "customer_credit") == -credit


async def test_what_it_paid_is_owed_again_and_its_rest_is_gone(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 10)
    await pay(session, account, GROSS + 500, "P1")
    assert await owed(session, account) == (0, 500)

    assert await bounce(session, "P1") == Reversed(Money(GROSS), Money(500))
    assert await owed(session, account) == (GROSS, 0)
    await agrees_with_the_books(session, account)


async def test_credit_that_a_later_invoice_used_is_owed_again_too(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 10)
    await pay(session, account, 2 * GROSS, "P1")
    await issue(session, 11)
    assert await owed(session, account) == (0, 0)

    assert await bounce(session, "P1") == Reversed(Money(2 * GROSS), Money(0))
    assert await owed(session, account) == (2 * GROSS, 0)
    await agrees_with_the_books(session, account)

    await pay(session, account, 2 * GROSS, "P2")
    assert await owed(session, account) == (0, 0)
    await agrees_with_the_books(session, account)


async def test_told_twice_it_is_undone_once(session: AsyncSession, subscriber: Subscriber) -> None:
    account = await subscriber(session)
    await issue(session, 10)
    await pay(session, account, GROSS, "P1")
    await pay(session, account, 100, "P2")
    assert await bounce(session, "P1") is not None
    assert await bounce(session, "P1") is None
    # The other payment's money pays of what is open again.
    assert await owed(session, account) == (GROSS - 100, 0)
    await agrees_with_the_books(session, account)
    with pytest.raises(NotFound, match="P9"):
        await bounce(session, "P9")


async def test_money_of_nobody_that_bounced_is_nobodys_business_any_more(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await subscriber(session)
    await pay(session, None, 4500, "P1")
    assert await bounce(session, "P1") == Reversed(Money(0), Money(4500))
    assert await statements.unmatched(session) == []


async def test_one_credit_may_pay_one_invoice_twice_with_a_reversal_in_between(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await pay(session, account, 6000, "P0")
    await pay(session, account, 3000, "P1")
    await issue(session, 10)  # P0 pays 60.00 of it, P1 12.60
    assert await owed(session, account) == (0, 9000 - GROSS)
    await bounce(session, "P0")  # and P1's rest pays of what is open again
    assert await owed(session, account) == (GROSS - 3000, 0)
    await agrees_with_the_books(session, account)
    await issue(session, 11)
    assert await owed(session, account) == (2 * GROSS - 3000, 0)
