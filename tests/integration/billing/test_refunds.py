"""Money that goes back: never more than was paid, once, by who may, and in the books."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import statements
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    AboveLimit,
    Authority,
    RefundFacts,
    RefundRefused,
    RefundsRequested,
    Tier,
)
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.customers.rules import customer_number
from billing_backend.db import Sessions, transaction
from billing_backend.errors import (
    IdempotencyConflict,
    ImpossibleRefund,
    NotFound,
    UnknownReason,
    WasRefunded,
)
from billing_backend.invoices.repository import newest
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance
from billing_backend.journal.models import JournalTransfer
from billing_backend.money import Money
from billing_backend.payments import history, refund_repository
from billing_backend.payments.models import Allocation, Payment, Refund
from billing_backend.payments.refunds import refund_credit, refund_payment, settle
from billing_backend.payments.reversing import reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
POLICY = Policy()
GROSS = 7260  # 60.00 + 21 %
SUPERVISOR = Authority(Tier.SUPERVISOR, "Irina")
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")


@dataclass
class Books:
    """One customer's account with its invoices of October and, if asked for, November."""

    session: AsyncSession
    account: UUID

    async def issue(self, *months: int) -> None:
        for month in months:
            await issue_due(self.session, as_of=date(2026, month, 1), now=NOW, policy=POLICY)

    async def pay(self, minor: int, reference: str, *, nobody: bool = False) -> None:
        owner = None if nobody else self.account
        paid = Received(owner, Money(minor), date(2026, 11, 10), "bank_transfer", reference)
        await receive(self.session, [paid], now=NOW, policy=POLICY)

    async def refund(self, reference: str, minor: int | None = None, **more: Any) -> Any:
        return await refund_payment(
            self.session,
            reference,
            None if minor is None else Money(minor),
            reason=more.get("reason", "requested"),
            authority=more.get("authority", SUPERVISOR),
            key=more.get("key", uuid4().hex),
            now=NOW,
            policy=POLICY,
        )

    async def refund_credit(self, minor: int, **more: Any) -> Any:
        return await refund_credit(
            self.session,
            self.account,
            Money(minor),
            reason=more.get("reason", "requested"),
            authority=more.get("authority", SUPERVISOR),
            key=more.get("key", uuid4().hex),
            now=NOW,
            policy=POLICY,
        )

    async def ends(self, refund: RefundFacts, state: str) -> bool:
        found = await refund_repository.by_reference(self.session, refund.reference)
        assert found is not None
        return await settle(self.session, found, state, actor="Irina", now=NOW)

    async def owed(self) -> tuple[int, int]:
        """Due and credit, which the books must know too."""
        now = await balance(self.session, self.account, today=TODAY, policy=POLICY)
        assert await self.booked("receivable") == now.due.minor
        assert await self.booked("customer_credit") == -now.credit.minor
        return now.due.minor, now.credit.minor

    async def booked(self, ledger: str) -> int:
        """Debits less credits of one account of the books."""
        amount = JournalTransfer.amount_minor
        signed = case((JournalTransfer.debit == ledger, amount), else_=0) - case(
            (JournalTransfer.credit == ledger, amount), else_=0
        )
        found = await self.session.scalar(select(func.coalesce(func.sum(signed), 0)))
        return int(found or 0)


@pytest.fixture
async def books(session: AsyncSession, subscriber: Subscriber) -> Books:
    account = await subscriber(session)
    made = Books(session, account)
    await made.issue(10)
    return made


async def test_what_is_left_of_a_payment_goes_back_first(books: Books) -> None:
    await books.pay(10_000, "P1")  # 72.60 for the invoice, 27.40 left
    done = await books.refund("P1", 3000)
    assert isinstance(done, RefundsRequested)
    assert (done.amount, done.balance_due) == (Money(3000), Money(260))
    assert await books.owed() == (260, 0)
    assert await books.booked("refunds") == -3000
    assert await books.booked("cash") == 10_000

    assert await books.ends(done.refunds[0], "sent")
    assert (await books.booked("refunds"), await books.booked("cash")) == (0, 7000)


async def test_the_newest_invoice_is_open_again_before_the_older_one(books: Books) -> None:
    await books.issue(11)
    await books.pay(2 * GROSS, "P1")
    await books.refund("P1", GROSS + 1000)
    november, october = await newest(books.session, books.account, limit=2)
    assert (november.paid, october.paid) == (Money(0), Money(GROSS - 1000))


async def test_never_more_goes_back_than_was_paid(books: Books) -> None:
    await books.pay(GROSS, "P1")
    assert await books.refund("P1", GROSS + 1) == RefundRefused("above_left", Money(GROSS))
    await books.refund("P1", 5000)
    assert await books.refund("P1", 2261) == RefundRefused("above_left", Money(2260))
    done = await books.refund("P1")  # all that is left of it
    assert done.amount == Money(2260)
    assert await books.refund("P1", 1) == RefundRefused("nothing_left", Money(0))
    assert await books.owed() == (GROSS, 0)


async def test_a_payment_made_twice_goes_back_and_the_other_one_pays(books: Books) -> None:
    await books.pay(GROSS, "P1")
    await books.pay(GROSS, "P2")
    done = await books.refund("P1", reason="duplicate")
    assert done.balance_due == Money(0)
    assert await books.owed() == (0, 0)


async def test_one_request_is_done_once_and_another_with_its_key_is_refused(books: Books) -> None:
    await books.pay(GROSS, "P1")
    first = await books.refund("P1", 1000, key="click")
    assert await books.refund("P1", 1000, key="click") == first
    with pytest.raises(IdempotencyConflict):
        await books.refund("P1", 2000, key="click")
    assert await books.owed() == (1000, 0)


async def test_a_refund_that_fails_is_credit_again_and_pays_what_is_open(books: Books) -> None:
    await books.pay(GROSS, "P1")
    done = await books.refund("P1", 1000)
    assert await books.ends(done.refunds[0], "failed")
    assert await books.owed() == (0, 0)
    assert (await books.booked("refunds"), await books.booked("cash")) == (0, GROSS)
    assert not await books.ends(done.refunds[0], "sent")  # another one must be requested
    assert (await books.refund("P1", 1000)).amount == Money(1000)


async def test_a_refund_that_comes_back_after_it_was_sent_is_credit_too(books: Books) -> None:
    await books.pay(GROSS + 1000, "P1")
    done = await books.refund("P1", 1000)
    assert await books.ends(done.refunds[0], "sent")
    assert not await books.ends(done.refunds[0], "sent")
    assert await books.ends(done.refunds[0], "failed")
    assert await books.owed() == (0, 1000)
    assert (await books.booked("refunds"), await books.booked("cash")) == (0, GROSS + 1000)


async def test_credit_goes_back_from_wherever_it_came(books: Books) -> None:
    await books.pay(GROSS, "P1")
    [invoice] = await newest(books.session, books.account, limit=1)
    await credit_invoice(
        books.session,
        invoice.invoice_id,
        Money(2000),
        reason="goodwill",
        actor="Irina",
        now=NOW,
        policy=POLICY,
    )
    await books.pay(500, "P2")
    assert await books.owed() == (0, 2500)

    done = await books.refund_credit(2200)
    assert sorted(each.amount.minor for each in done.refunds) == [500, 1700]
    assert {each.method for each in done.refunds} == {"bank_transfer"}
    assert await books.owed() == (0, 300)
    assert await books.refund_credit(301) == RefundRefused("above_left", Money(300))

    await books.issue(11)  # the next invoice uses what is left, and no more
    assert await books.owed() == (GROSS - 300, 0)
    assert await books.refund_credit(1) == RefundRefused("nothing_left", Money(0))


@pytest.mark.parametrize(
    ("tier", "minor", "needs"),
    [
        (Tier.ASSISTANT, 20_000, None),
        (Tier.ASSISTANT, 20_001, "agent"),
        (Tier.AGENT, 100_000, None),
        (Tier.AGENT, 100_001, "supervisor"),
        (Tier.SUPERVISOR, 150_000, None),
    ],
)
async def test_above_ones_authority_somebody_else_must(
    books: Books, tier: Tier, minor: int, needs: str | None
) -> None:
    await books.pay(GROSS + 200_000, "P1")
    by = Authority(tier, "Irina")
    for outcome in (
        await books.refund_credit(minor, authority=by),
        await books.refund("P1", minor, authority=by) if needs else None,
    ):
        if needs:
            assert isinstance(outcome, AboveLimit)
            assert (outcome.amount, outcome.needs) == (Money(minor), needs)
    due, credit = await books.owed()
    assert (due, credit) == (0, 200_000 - (0 if needs else minor))


async def test_money_of_nobody_goes_back_where_it_came_from(books: Books) -> None:
    await books.pay(4500, "P9", nobody=True)
    done = await books.refund("P9", 1500)
    assert await books.booked("suspense") == -3000
    await books.ends(done.refunds[0], "sent")
    # The rest can still be found to be somebody's.
    assert [each.reference for each in await statements.unmatched(books.session)] == ["P9"]
    await books.refund("P9")
    assert await statements.unmatched(books.session) == []
    assert await books.booked("suspense") == 0


async def test_what_is_left_of_nobodys_money_can_be_assigned(
    books: Books, session: AsyncSession
) -> None:
    await books.pay(4500, "P9", nobody=True)
    await books.refund("P9", 1500)
    assert await statements.assign(session, "P9", customer_number(1), actor="operator", now=NOW)
    assert await books.owed() == (GROSS - 3000, 0)
    assert await books.booked("suspense") == 0


async def test_reversed_and_refunded_exclude_each_other(books: Books) -> None:
    await books.pay(GROSS, "P1")
    await books.refund("P1", 100)
    with pytest.raises(WasRefunded, match="P1"):
        await reverse(books.session, "P1", reason="bounced", actor="operator", on=TODAY, now=NOW)
    await books.pay(500, "P2")
    await reverse(books.session, "P2", reason="bounced", actor="operator", on=TODAY, now=NOW)
    assert await books.refund("P2") == RefundRefused("reversed", Money(0))


async def test_a_request_that_makes_no_sense_is_refused_before_anything_is_done(
    books: Books,
) -> None:
    await books.pay(GROSS, "P1")
    with pytest.raises(NotFound, match="P7"):
        await books.refund("P7", 100)
    with pytest.raises(UnknownReason, match="duplicate"):
        await books.refund("P1", 100, reason="whim")
    for minor in (0, -100):
        with pytest.raises(ImpossibleRefund):
            await books.refund("P1", minor)
        with pytest.raises(ImpossibleRefund):
            await books.refund_credit(minor)
    assert await books.session.scalar(select(func.count()).select_from(Refund)) == 0


async def test_the_history_and_the_audit_log_tell_what_went_back(books: Books) -> None:
    await books.pay(GROSS, "P1")
    done = await books.refund("P1", 1000)
    await books.ends(done.refunds[0], "sent")
    [payment] = await history.payments(books.session, books.account, limit=5)
    assert (payment.amount, payment.refunded) == (Money(GROSS), Money(1000))
    actions = await books.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("refund%"))
    )
    assert sorted(actions) == ["refund.requested", "refund.sent"]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_allocations_credit_and_refunds_are_the_payments(
    books: Books, seed: int
) -> None:
    """The law, in the database: any order of payments, refunds, failures and invoices."""
    chance, references, made = Random(seed), list[str](), list[RefundFacts]()
    for step in range(14):
        deed = chance.choice(["pay", "refund", "credit", "settle", "issue"])
        minor = chance.randint(1, 12_000)
        if deed == "pay" or not references:
            references.append(f"P{step}")
            await books.pay(minor, references[-1])
        elif deed == "issue":
            await books.issue(11)
        elif deed == "settle" and made:
            await books.ends(chance.choice(made), chance.choice(["sent", "failed"]))
        else:
            outcome = (
                await books.refund_credit(minor)
                if deed == "credit"
                else await books.refund(chance.choice(references), minor)
            )
            made += outcome.refunds if isinstance(outcome, RefundsRequested) else ()
        await the_law_holds(books)


async def the_law_holds(books: Books) -> None:
    session = books.session
    paid = int(await session.scalar(select(func.sum(Payment.amount_minor))) or 0)
    allocated = int(await session.scalar(select(func.sum(Allocation.amount_minor))) or 0)
    live = [each for each in await session.scalars(select(Refund)) if each.state != "failed"]
    back = sum(each.amount_minor for each in live)
    due, credit = await books.owed()
    assert allocated + credit + back == paid
    assert min(allocated, credit, due) >= 0
    assert await books.booked("refunds") == -sum(
        each.amount_minor for each in live if each.state == "requested"
    )
    assert await books.booked("cash") == paid - sum(
        each.amount_minor for each in live if each.state == "sent"
    )


async def test_two_who_refund_the_same_payment_at_once_send_it_back_once(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        books = Books(session, await subscriber(session))
        await books.issue(10)
        await books.pay(GROSS, "P1")

    async def by(agent: int) -> Any:
        async with transaction(sessions) as session:
            return await Books(session, books.account).refund("P1", key=f"agent {agent}")

    outcomes = await asyncio.gather(*(by(agent) for agent in range(5)))
    done = [each for each in outcomes if isinstance(each, RefundsRequested)]
    assert [each.amount for each in done] == [Money(GROSS)]
    assert len(outcomes) - len(done) == 4
