"""Credit notes by hand: whole, per line, in part; never too much; two people at once; counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    Authority,
    Corrected,
    Credited,
    CreditRefused,
    Tier,
)
from billing_backend.corrections import crediting, service
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.corrections.credit_repository import credited_sums
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.corrections.reasons import kind_of
from billing_backend.db import Sessions, transaction
from billing_backend.errors import CurrencyMismatch, IdempotencyConflict, NotFound, WrongValue
from billing_backend.invoices.models import InvoiceLine
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance, invoices
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
IRINA = Authority(Tier.AGENT, "irina")
MARIA = Authority(Tier.SUPERVISOR, "maria")
NUMBER = "DT-2026-000001"
GROSS = 7260  # 60.00 + 21 %

Outcome = Credited | AboveLimit | CreditRefused


async def bill(session: AsyncSession, subscriber: Subscriber, **also: object) -> UUID:
    account = await subscriber(session, **also)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    return account


async def credit(session: AsyncSession, minor: int | None = None, **also: object) -> Outcome:
    wish: dict[str, object] = {
        "line": None,
        "amount": None if minor is None else Money(minor),
        "reason": "goodwill",
        "note": "promised on the phone",
        "authority": IRINA,
        "key": f"key {minor} {sorted(map(str, also.items()))}",
        "policy": POLICY,
    }
    return await crediting.credit(session, NUMBER, now=NOW, **(wish | also))  # type: ignore[arg-type]


async def owed(session: AsyncSession, account: UUID) -> tuple[int, int]:
    now = await balance(session, account, today=TODAY, policy=POLICY)
    return now.due.minor, now.credit.minor


async def test_a_part_of_an_invoice_is_off_what_is_owed_in_the_books_and_in_the_audit_log(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber)

    done = await credit(session, 1000)

    assert done == Credited(
        "DTC-2026-000001", Money(1000), NUMBER, Money(GROSS - 1000), Money(GROSS - 1000)
    )
    assert await owed(session, account) == (GROSS - 1000, 0)
    # 10.00 / 1.21
    assert await balances(session, Ledger.GOODWILL) == {account: 826}
    note = (await session.scalars(select(CreditNote))).one()
    assert (note.reason, note.note, note.issued_by) == (
        "goodwill",
        "promised on the phone",
        "irina",
    )
    audited = await session.scalars(
        select(AuditEntry.actor).where(AuditEntry.action == "credit_note.issued")
    )
    assert audited.all() == ["irina"]


async def test_a_paid_invoice_credited_whole_is_the_customers_money(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber)
    paid = Received(account, Money(GROSS), TODAY, "card", "P-1")
    await receive(session, [paid], now=NOW, policy=POLICY)

    done = await credit(session, reason="withdrawal")

    assert isinstance(done, Credited)
    assert done.amount == Money(GROSS)
    assert await owed(session, account) == (0, GROSS)
    assert await balances(session, Ledger.CANCELLATIONS) == {account: 6000}


async def test_one_line_of_two_is_credited_and_no_more_than_it(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber, twice=True)

    first = await credit(session, 7000, line=2)
    rest = await credit(session, line=2)
    gone = await credit(session, 1, line=2)

    assert isinstance(first, Credited)
    assert isinstance(rest, Credited)
    assert rest.amount == Money(260)
    assert isinstance(gone, CreditRefused)
    assert (gone.reason, gone.left) == ("nothing_left", Money(0))
    assert gone.last is not None
    assert (gone.last.by, gone.last.number) == ("irina", "DTC-2026-000002")
    assert await owed(session, account) == (GROSS, 0)
    lines = (await session.scalars(select(CreditNoteLine))).all()
    assert sum(each.tax_minor for each in lines) == 1260, "the tax of the line, to the ban"


async def test_more_than_is_left_is_refused_with_what_is(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await bill(session, subscriber)

    assert await credit(session, GROSS + 1) == CreditRefused("more_than_left", Money(GROSS), None)
    assert await session.scalar(select(func.count()).select_from(CreditNote)) == 0


async def test_a_key_credits_once_and_only_what_it_was_used_for(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber)

    first = await credit(session, 1000, key="click")
    again = await credit(session, 1000, key="click")

    assert first == again
    assert await owed(session, account) == (GROSS - 1000, 0)
    with pytest.raises(IdempotencyConflict):
        await credit(session, 2000, key="click")


async def test_above_the_limit_of_a_tier_it_is_told_who_may(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await bill(session, subscriber)
    strict = Policy(
        correction_limits={
            Tier.ASSISTANT: Money(500),
            Tier.AGENT: Money(1000),
            Tier.SUPERVISOR: None,
        }
    )

    refused = await credit(session, 1001, policy=strict)
    given = await credit(session, 1001, policy=strict, authority=MARIA)

    assert refused == AboveLimit(Money(1001), Money(1000), "supervisor")
    assert isinstance(given, Credited)


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        ({"amount": Money(0)}, WrongValue, "amount: must be above zero"),
        ({"amount": Money(-1)}, WrongValue, "amount: must be above zero"),
        ({"amount": Money(1, "EUR")}, CurrencyMismatch, "EUR and RON"),
        ({"reason": "tea"}, WrongValue, "reason: must be one of"),
        ({"reason": "discount"}, WrongValue, "reason: a discount is granted by its rules"),
        ({"note": "  "}, WrongValue, "note: must not be empty"),
        ({"note": "x" * 1_000_000}, WrongValue, "note: at most 1,000 characters"),
        ({"note": "a\x00b"}, WrongValue, "note: must be plain text"),
        ({"line": 2}, NotFound, "line 2 on DT-2026-000001, which has 1"),
        ({"line": 0}, NotFound, "line 0"),
    ],
)
async def test_nonsense_is_named_by_its_field_and_nothing_is_written(
    session: AsyncSession,
    subscriber: Subscriber,
    wish: dict[str, object],
    error: type[Exception],
    words: str,
) -> None:
    account = await bill(session, subscriber)

    with pytest.raises(error, match=words):
        await credit(session, **wish)

    assert await owed(session, account) == (GROSS, 0)
    assert await session.scalar(select(func.count()).select_from(CreditNote)) == 0


async def test_an_invoice_that_is_none_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=NUMBER):
        await credit(session)


async def test_discounts_and_goodwill_share_what_is_left(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber)
    [invoice] = await invoices(session, account, today=TODAY)
    await credit_invoice(
        session,
        invoice.invoice_id,
        Money(7000),
        reason="discount",
        actor="assistant",
        now=NOW,
        policy=POLICY,
    )

    refused = await credit(session, 261)
    rest = await credit(session)

    assert isinstance(refused, CreditRefused)
    assert isinstance(rest, Credited)
    assert rest.amount == Money(260)
    total = await session.execute(
        select(func.sum(CreditNoteLine.net_minor), func.sum(CreditNoteLine.tax_minor))
    )
    assert tuple(map(int, total.one())) == (6000, 1260)


# --- two people at once ---


async def waits_for_a_lock(sessions: Sessions) -> None:
    """Until another session of this database stands before a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with sessions() as watching, asyncio.timeout(30):
        while not await watching.scalar(waiting):
            await watching.rollback()


async def test_of_two_who_credit_one_invoice_at_once_the_second_is_told_what_the_first_did(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await bill(session, subscriber)

    async def second() -> Outcome:
        async with transaction(sessions) as session:
            return await credit(session, 2000, key="maria", authority=MARIA)

    async with transaction(sessions) as session:
        first = await credit(session, 1000, key="irina")
        late = asyncio.create_task(second())
        await waits_for_a_lock(sessions)
    told = await late

    assert isinstance(first, Credited)
    assert isinstance(told, CreditRefused)
    assert (told.reason, told.left) == ("changed_meanwhile", Money(GROSS - 1000))
    assert told.last is not None
    assert (told.last.by, told.last.amount, told.last.reason) == ("irina", Money(1000), "goodwill")
    async with transaction(sessions) as session:
        assert await owed(session, account) == (GROSS - 1000, 0)


async def test_who_looked_before_somebody_else_credited_is_told_so(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await bill(session, subscriber)
    await credit(session, 1000)

    told = await credit(session, 500, expected_left=Money(GROSS), key="old page")
    done = await credit(session, 500, expected_left=Money(GROSS - 1000), key="new page")

    assert isinstance(told, CreditRefused)
    assert told.reason == "changed_meanwhile"
    assert isinstance(done, Credited)


async def test_many_who_credit_a_whole_invoice_at_once_credit_it_once(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await bill(session, subscriber)

    async def attempt(index: int) -> Outcome:
        async with transaction(sessions) as session:
            return await credit(session, key=f"person {index}")

    outcomes = await asyncio.gather(*(attempt(index) for index in range(8)))

    assert sum(isinstance(each, Credited) for each in outcomes) == 1
    refused = [each for each in outcomes if isinstance(each, CreditRefused)]
    assert {each.last.number for each in refused if each.last} == {"DTC-2026-000001"}
    async with transaction(sessions) as session:
        assert await owed(session, account) == (0, 0)
        numbers = await session.scalars(select(CreditNote.number))
        assert numbers.all() == ["DTC-2026-000001"], "no number is lost to those who came late"


async def test_of_the_assistant_and_an_agent_with_one_finding_the_slower_is_told_who(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await bill(session, subscriber, twice=True)
        [finding] = await service.review(session, account, today=TODAY, policy=POLICY)

    async def correct(
        session: AsyncSession, who: Authority
    ) -> Corrected | AboveLimit | AlreadyCorrected:
        return await service.correct(
            session,
            account,
            finding.finding_id,
            authority=who,
            key=who.name,
            now=NOW,
            policy=POLICY,
        )

    async def agent() -> Corrected | AboveLimit | AlreadyCorrected:
        async with transaction(sessions) as session:
            return await correct(session, IRINA)

    async with transaction(sessions) as session:
        first = await correct(session, ASSISTANT)
        late = asyncio.create_task(agent())
        await waits_for_a_lock(sessions)
    told = await late

    assert isinstance(first, Corrected)
    assert told == AlreadyCorrected(
        by="assistant",
        at=NOW,
        credit_note_number=first.credit_note_number,
        amount=Money(GROSS),
        invoice_number=NUMBER,
    )
    async with transaction(sessions) as session:
        with pytest.raises(NotFound):
            await service.correct(
                session, account, "x:1", authority=IRINA, key="x", now=NOW, policy=POLICY
            )


# --- what a person credited, the review finds no more ---


async def test_an_error_that_a_person_credited_is_not_found_again(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber, twice=True)
    [finding] = await service.review(session, account, today=TODAY, policy=POLICY)
    in_order = await session.scalars(select(InvoiceLine.id).order_by(InvoiceLine.position))
    wrong = in_order.all().index(finding.line_ids[0]) + 1

    await credit(session, 2000, line=wrong, reason="duplicate_charge")
    [rest] = await service.review(session, account, today=TODAY, policy=POLICY)
    await credit(session, line=wrong, reason="duplicate_charge")

    assert rest.finding_id == finding.finding_id
    assert rest.amount == Money(GROSS - 2000)
    assert await service.review(session, account, today=TODAY, policy=POLICY) == []
    assert await owed(session, account) == (GROSS, 0)


async def test_a_correction_after_goodwill_is_never_more_than_what_is_left(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await bill(session, subscriber, twice=True)
    await credit(session, 2 * GROSS - 1000)
    [finding] = await service.review(session, account, today=TODAY, policy=POLICY)

    done = await service.correct(
        session,
        account,
        finding.finding_id,
        authority=ASSISTANT,
        key="k",
        now=NOW,
        policy=POLICY,
    )

    assert isinstance(done, Corrected)
    assert (done.amount, done.new_total) == (Money(1000), Money(0))


# --- statistics ---


async def test_what_was_credited_is_counted_by_month_and_reason(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await bill(session, subscriber)
    december = datetime(2026, 12, 1, 9, tzinfo=UTC)
    await credit(session, 1000)
    await credit(session, 500)
    await credit(session, 300, reason="error")
    await crediting.credit(
        session,
        NUMBER,
        line=None,
        amount=Money(200),
        reason="goodwill",
        note="again",
        authority=IRINA,
        key="december",
        now=december,
        policy=POLICY,
    )

    counted = await credited_sums(session, date(2026, 11, 1), date(2026, 12, 31))

    assert [(each.month, each.reason, each.notes, each.total) for each in counted] == [
        (date(2026, 11, 1), "error", 1, 300),
        (date(2026, 11, 1), "goodwill", 2, 1500),
        (date(2026, 12, 1), "goodwill", 1, 200),
    ]
    assert [kind_of(each.reason) for each in counted] == ["error", "goodwill", "goodwill"]
    assert await credited_sums(session, date(2026, 10, 1), date(2026, 10, 31)) == []
