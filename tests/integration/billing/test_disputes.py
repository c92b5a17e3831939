"""Is a disputed amount answered, credited, and not asked for meanwhile?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.backend import BuiltInBilling
from billing_backend.contract import (
    AboveLimit,
    Authority,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    InvoiceFacts,
    Tier,
)
from billing_backend.corrections.models import CreditNote
from billing_backend.db import Sessions, transaction
from billing_backend.disputes.models import Dispute
from billing_backend.disputes.service import due_for_answer, events
from billing_backend.errors import CurrencyMismatch, IdempotencyConflict, NotFound
from billing_backend.invoices.late_fees import apply_late_fees
from billing_backend.invoices.models import Charge, Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.notices.models import NoticeRow
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
BILLING = BuiltInBilling(POLICY, code_key=b"a key of the tests")
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
AGENT = Authority(Tier.AGENT, "ioana@demo")
GROSS = Money(7_260)  # 60.00 + 21 %


@pytest.fixture
async def account(session: AsyncSession, subscriber: Subscriber) -> UUID:
    """Carmen, with one invoice of 72.60 of October, due on the 15th."""
    account = await subscriber(session)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    return account


async def invoice_of(session: AsyncSession, account: UUID) -> InvoiceFacts:
    return (await BILLING.invoices(session, account, today=TODAY))[0]


async def opens(
    session: AsyncSession,
    account: UUID,
    *,
    key: str = "open",
    whole: bool = False,
    amount: Money | None = None,
    authority: Authority = ASSISTANT,
    now: datetime = NOW,
) -> DisputeOpened | DisputeRefused:
    invoice = await invoice_of(session, account)
    [line] = invoice.lines
    assert line.line_id is not None
    return await BILLING.open_dispute(
        session,
        account,
        invoice.number,
        line_ids=() if whole else [line.line_id],
        amount=amount,
        reason="not_ordered",
        words="nu am comandat asta",
        authority=authority,
        key=key,
        now=now,
    )


async def opened(session: AsyncSession, account: UUID, **also: object) -> DisputeSummary:
    found = await opens(session, account, **also)  # type: ignore[arg-type]
    assert isinstance(found, DisputeOpened)
    return found.dispute


async def told(session: AsyncSession) -> list[str]:
    return list(
        await session.scalars(select(NoticeRow.kind).order_by(NoticeRow.created_at, NoticeRow.kind))
    )


async def pays(session: AsyncSession, account: UUID, amount: Money) -> None:
    payment = Received(account, amount, TODAY, "card", f"P-{amount.minor}")
    await receive(session, [payment], now=NOW, policy=POLICY)


async def test_a_dispute_keeps_the_reason_the_review_and_the_day_of_its_answer(
    session: AsyncSession, account: UUID
) -> None:
    found = await opens(session, account)

    assert isinstance(found, DisputeOpened)
    dispute = found.dispute
    assert not found.paid
    assert dispute.number == "CT-2026-000001"
    assert (dispute.state, dispute.amount, dispute.reason) == ("open", GROSS, "not_ordered")
    assert dispute.answer_by == TODAY + timedelta(days=30)
    assert dispute.lines == ({"ro": "Abonament", "en": "Plan"},)
    row = (await session.scalars(select(Dispute))).one()
    assert row.evidence == {"findings": [], "reviewed_on": "2026-11-24"}
    assert await BILLING.disputes(session, account) == [dispute]
    audited = await session.scalar(select(AuditEntry).where(AuditEntry.action == "dispute.opened"))
    assert audited is not None
    assert "nu am comandat" not in str(audited.details), "the customer's words are not audited"


async def test_the_same_key_opens_one_dispute(session: AsyncSession, account: UUID) -> None:
    first, again = await opens(session, account), await opens(session, account)

    assert first == again
    assert await session.scalar(select(func.count()).select_from(Dispute)) == 1
    with pytest.raises(IdempotencyConflict):
        await opens(session, account, whole=True)


async def test_what_is_disputed_already_is_told_with_its_number_and_state(
    session: AsyncSession, account: UUID
) -> None:
    first = await opened(session, account)

    again = await opens(session, account, key="again", whole=True)
    assert again == DisputeRefused("already_disputed", existing=first)


async def test_a_paid_invoice_may_be_disputed_and_it_is_said_that_it_is_paid(
    session: AsyncSession, account: UUID
) -> None:
    await pays(session, account, GROSS)

    found = await opens(session, account)
    assert isinstance(found, DisputeOpened)
    assert found.paid


async def test_a_year_after_a_paid_invoice_it_is_too_late(
    session: AsyncSession, account: UUID
) -> None:
    await pays(session, account, GROSS)
    late = NOW + timedelta(days=330)

    assert await opens(session, account, now=late) == DisputeRefused("too_old")


async def test_anothers_invoice_and_another_invoices_line_are_not_found(
    session: AsyncSession, account: UUID, subscriber: Subscriber
) -> None:
    other = await subscriber(session, 2)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    theirs = await invoice_of(session, other)
    mine = await invoice_of(session, account)

    async def about(number: str, lines: list[UUID]) -> object:
        return await BILLING.open_dispute(
            session,
            account,
            number,
            line_ids=lines,
            reason="other",
            words="",
            authority=ASSISTANT,
            key="k",
            now=NOW,
        )

    for number, lines in [
        (theirs.number, []),
        ("DT-2026-999999", []),
        (mine.number, [line.line_id for line in theirs.lines if line.line_id]),
    ]:
        with pytest.raises(NotFound):
            await about(number, lines)
    with pytest.raises(NotFound):
        await BILLING.review_dispute(
            session, other, "CT-2026-000001", authority=AGENT, key="r", now=NOW
        )


async def test_an_upheld_dispute_is_credited_once_in_the_books_and_told(
    session: AsyncSession, account: UUID
) -> None:
    dispute = await opened(session, account)
    await BILLING.review_dispute(
        session, account, dispute.number, authority=AGENT, key="r", now=NOW
    )

    done = await BILLING.uphold_dispute(
        session, account, dispute.number, authority=AGENT, key="u", now=NOW
    )
    again = await BILLING.uphold_dispute(
        session, account, dispute.number, authority=AGENT, key="u", now=NOW
    )

    assert isinstance(done, DisputeUpheld)
    assert done == again
    assert (done.dispute.state, done.dispute.credited) == ("upheld", GROSS)
    assert (done.new_total, done.balance_due) == (Money(0), Money(0))
    note = (await session.scalars(select(CreditNote))).one()
    assert (note.number, note.reason) == (done.credit_note_number, "error")
    assert not any((await balances(session, Ledger.RECEIVABLE)).values())
    assert await told(session) == ["dispute_under_review", "dispute_upheld"]
    happened = await events(session, account, dispute.number)
    assert [(each.state, each.by) for each in happened] == [
        ("open", "assistant"),
        ("under_review", "ioana@demo"),
        ("upheld", "ioana@demo"),
    ]


async def test_upheld_in_part_the_rest_is_due_after_fresh_days(
    session: AsyncSession, account: UUID
) -> None:
    dispute = await opened(session, account)

    done = await BILLING.uphold_dispute(
        session, account, dispute.number, amount=Money(1_001), authority=AGENT, key="u", now=NOW
    )

    assert isinstance(done, DisputeUpheld)
    assert done.balance_due == GROSS - Money(1_001)
    row = (await session.scalars(select(Dispute))).one()
    assert row.due_again_on == TODAY + timedelta(days=14)
    [notice] = await session.scalars(select(NoticeRow))
    assert notice.kind == "dispute_upheld_in_part"
    assert notice.values["rest"] == {"money": 6_259, "currency": "RON"}


async def test_above_ones_limit_it_says_who_may_and_changes_nothing(
    session: AsyncSession, account: UUID
) -> None:
    small = replace(POLICY, correction_limits={tier: Money(1_000) for tier in Tier})
    billing = BuiltInBilling(small, code_key=b"a key of the tests")
    dispute = await opened(session, account)

    above = await billing.uphold_dispute(
        session, account, dispute.number, authority=AGENT, key="u", now=NOW
    )

    assert isinstance(above, AboveLimit)
    assert (above.amount, above.limit) == (GROSS, Money(1_000))
    assert await session.scalar(select(func.count()).select_from(CreditNote)) == 0
    [same] = await BILLING.disputes(session, account)
    assert same.state == "open"


async def test_another_currency_than_the_invoices_is_never_given_back(
    session: AsyncSession, account: UUID
) -> None:
    dispute = await opened(session, account)

    with pytest.raises(CurrencyMismatch):
        await BILLING.uphold_dispute(
            session,
            account,
            dispute.number,
            amount=Money(100, "EUR"),
            authority=AGENT,
            key="u",
            now=NOW,
        )


@pytest.mark.parametrize("minor", [0, -1, 7_261])
async def test_no_more_is_upheld_than_was_disputed(
    session: AsyncSession, account: UUID, minor: int
) -> None:
    dispute = await opened(session, account)

    done = await BILLING.uphold_dispute(
        session, account, dispute.number, amount=Money(minor), authority=AGENT, key="u", now=NOW
    )

    assert isinstance(done, DisputeRefused)
    assert done.reason == "above_invoice"


async def test_a_rejected_dispute_tells_why_and_cannot_be_answered_again(
    session: AsyncSession, account: UUID
) -> None:
    dispute = await opened(session, account)

    done = await BILLING.reject_dispute(
        session,
        account,
        dispute.number,
        answer="Ați comandat pachetul pe 3 noiembrie.",
        authority=AGENT,
        key="j",
        now=NOW,
    )
    after = await BILLING.uphold_dispute(
        session, account, dispute.number, authority=AGENT, key="u", now=NOW
    )

    assert isinstance(done, DisputeSummary)
    assert (done.state, done.answered_on) == ("rejected", TODAY)
    assert after == DisputeRefused("answered", existing=done)
    [notice] = await session.scalars(select(NoticeRow))
    assert notice.values["answer"] == "Ați comandat pachetul pe 3 noiembrie."
    assert notice.values["due"] == {"date": "2026-12-08"}


async def test_what_the_customer_withdraws_may_be_disputed_again(
    session: AsyncSession, account: UUID
) -> None:
    dispute = await opened(session, account)

    done = await BILLING.withdraw_dispute(
        session, account, dispute.number, authority=ASSISTANT, key="w", now=NOW
    )

    assert isinstance(done, DisputeSummary)
    assert done.state == "withdrawn"
    assert await told(session) == [], "the assistant has said it"
    assert isinstance(await opens(session, account, key="again"), DisputeOpened)


async def test_the_review_finds_a_late_fee_that_was_charged_in_spite_of_a_dispute(
    session: AsyncSession, account: UUID
) -> None:
    await opened(session, account, now=datetime(2026, 10, 10, 9, tzinfo=UTC))
    # Somebody's own script, which spares nobody:
    await apply_late_fees(session, today=date(2026, 10, 20), now=NOW, policy=POLICY)
    await issue_due(session, as_of=date(2026, 11, 1), now=NOW, policy=POLICY)

    [finding] = await BILLING.review(session, account, today=TODAY)

    assert (finding.kind, finding.amount) == ("late_fee_unjustified", Money(1_000))
    assert finding.evidence["because"] == "disputed"


async def test_a_late_fee_from_before_the_dispute_is_not_found(
    session: AsyncSession, account: UUID
) -> None:
    await apply_late_fees(session, today=date(2026, 10, 20), now=NOW, policy=POLICY)
    await issue_due(session, as_of=date(2026, 11, 1), now=NOW, policy=POLICY)
    assert await session.scalar(select(func.count()).select_from(Charge)) == 1
    first = await session.scalar(select(Invoice.number).order_by(Invoice.number))
    assert first is not None
    await BILLING.open_dispute(
        session,
        account,
        first,
        reason="other",
        words="",
        authority=ASSISTANT,
        key="late",
        now=NOW,
    )

    assert await BILLING.review(session, account, today=TODAY) == []


async def test_a_finding_that_an_answer_credits_is_not_credited_once_more(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session, twice=True)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    [finding] = await BILLING.review(session, account, today=TODAY)
    found = await BILLING.open_dispute(
        session,
        account,
        finding.invoice_number,
        line_ids=finding.line_ids,
        reason="charged_twice",
        words="de două ori",
        authority=AGENT,
        key="o",
        now=NOW,
    )
    assert isinstance(found, DisputeOpened)
    row = (await session.scalars(select(Dispute))).one()
    assert [each["finding_id"] for each in row.evidence["findings"]] == [finding.finding_id]

    await BILLING.uphold_dispute(
        session, account, found.dispute.number, authority=AGENT, key="u", now=NOW
    )

    assert await BILLING.review(session, account, today=TODAY) == []


async def test_the_list_for_those_who_answer_begins_with_the_most_urgent(
    session: AsyncSession, account: UUID, subscriber: Subscriber
) -> None:
    other = await subscriber(session, 2)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    late = await opened(session, account, now=NOW + timedelta(days=1))
    first = await opened(session, other, key="other")

    assert [each.number for each in await due_for_answer(session)] == [first.number, late.number]
    await BILLING.withdraw_dispute(session, other, first.number, authority=AGENT, key="w", now=NOW)
    assert [each.number for each in await due_for_answer(session)] == [late.number]


async def test_twenty_who_dispute_the_same_at_once_open_one(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)

    async def ask(number: int) -> DisputeOpened | DisputeRefused:
        async with transaction(sessions) as session:
            return await opens(session, account, key=f"k{number}")

    answers = await asyncio.gather(*(ask(number) for number in range(20)))

    assert sum(isinstance(answer, DisputeOpened) for answer in answers) == 1
