"""Are late debts followed up once, step by step, and services suspended and restored?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend import BuiltInBilling
from billing_backend.contract import ArrangementSummary, Authority, DisputeOpened, Restored, Tier
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.db import Sessions, transaction
from billing_backend.dunning import service
from billing_backend.dunning.models import DunningStep, Suspension
from billing_backend.dunning.restoring import restore_paid
from billing_backend.dunning.service import Followed
from billing_backend.dunning.table import read
from billing_backend.invoices.models import Charge, Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.jobs import run_day
from billing_backend.money import Money
from billing_backend.notices.models import NoticeRow
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
BILLING = BuiltInBilling(POLICY, code_key=b"a key of the tests")
OCTOBER = date(2026, 10, 1)
DUE = date(2026, 10, 15)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
AGENT = Authority(Tier.AGENT, "ioana@demo")
GROSS = Money(7_260)  # 60.00 + 21 %


def day(number: int) -> date:
    """So many days after the due date."""
    return DUE + timedelta(days=number)


def moment(number: int) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=9)


@pytest.fixture
async def bogdan(session: AsyncSession, subscriber: Subscriber) -> UUID:
    """One invoice of 72.60, due on 15 October and not paid."""
    account = await subscriber(session)
    await issue_due(session, as_of=OCTOBER, now=moment(-14), policy=POLICY)
    return account


async def follow(session: AsyncSession, *days: int, page: int = 2_000) -> Followed:
    """What dunning does on these days."""
    done = Followed()
    for number in days:
        now = moment(number)
        done += await service.run(session, today=day(number), now=now, policy=POLICY, page=page)
    return done


async def steps(session: AsyncSession) -> list[tuple[int, str]]:
    rows = await session.scalars(
        select(DunningStep).order_by(DunningStep.done_on, DunningStep.round, DunningStep.action)
    )
    return [((row.done_on - DUE).days, row.action) for row in rows]


async def told(session: AsyncSession) -> list[str]:
    """The kinds of all notices, in order."""
    return list(await session.scalars(select(NoticeRow.kind).order_by(NoticeRow.created_at)))


async def pays(session: AsyncSession, account: UUID, minor: int, on: int) -> None:
    payment = Received(account, Money(minor), day(on), "card", f"P-{minor}-{on}")
    await receive(session, [payment], now=moment(on), policy=POLICY)


async def fees(session: AsyncSession) -> list[tuple[str, int]]:
    rows = await session.scalars(select(Charge).order_by(Charge.kind))
    return [(row.kind, row.net_minor) for row in rows]


async def test_each_step_is_done_once_on_its_day(session: AsyncSession, bogdan: UUID) -> None:
    done = await follow(session, *range(60))

    assert done == Followed(reminders=3, late_fees=1, suspended=1)
    assert await steps(session) == [
        (3, "reminder_1"),
        (4, "late_fee"),
        (10, "reminder_2"),
        (20, "suspension_notice"),
        (30, "suspension"),
    ]
    assert await told(session) == [
        "reminder_1",
        "reminder_2",
        "suspension_notice",
        "service_suspended",
    ]
    assert await fees(session) == [("late_fee", 1_000)]
    state = await BILLING.service_state(session, bogdan, today=day(31))
    assert (state.state, state.since, state.to_pay) == ("suspended", day(30), GROSS)


async def test_the_same_day_again_does_nothing(session: AsyncSession, bogdan: UUID) -> None:
    await follow(session, 3)

    assert await follow(session, 3, 3) == Followed()


async def test_the_announced_day_is_told_before_it_comes(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, *range(21))

    state = await BILLING.service_state(session, bogdan, today=day(21))
    assert (state.state, state.suspends_on) == ("active", day(30))
    assert len(state.invoice_numbers) == 1
    notice = await session.scalar(select(NoticeRow).where(NoticeRow.kind == "suspension_notice"))
    assert notice is not None
    assert notice.values["suspends_on"] == {"date": day(30).isoformat()}
    assert notice.values["amount"] == {"money": 7_260, "currency": "RON"}


async def test_a_payment_restores_the_service_with_the_fee_of_the_policy(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, *range(31))
    await pays(session, bogdan, 7_260, 31)

    # 15.00 + 21 % = 18.15: what the customer will pay
    restored = await BILLING.restore_if_paid(session, bogdan, now=moment(31))

    assert restored == Restored(Money(1_815))
    state = await BILLING.service_state(session, bogdan, today=day(31))
    assert (state.state, state.to_pay) == ("active", Money(0))
    assert await fees(session) == [("late_fee", 1_000), ("one_off", 1_500)]
    assert "service_restored_with_fee" not in await told(session), "the caller tells it"
    kept = (await session.scalars(select(Suspension))).one()
    assert (kept.restored_on, kept.restored_because) == (day(31), "paid")
    assert await BILLING.restore_if_paid(session, bogdan, now=moment(31)) is None


async def test_whoever_pays_without_a_word_is_told_that_the_service_is_back(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, *range(31))
    await pays(session, bogdan, 7_260, 31)

    assert await restore_paid(session, now=moment(31), policy=POLICY) == 1

    notice = await session.scalar(
        select(NoticeRow).where(NoticeRow.kind == "service_restored_with_fee")
    )
    assert notice is not None
    assert notice.values == {"fee": {"money": 1_815, "currency": "RON"}}


async def test_a_part_of_the_debt_restores_nothing(session: AsyncSession, bogdan: UUID) -> None:
    await follow(session, *range(31))
    await pays(session, bogdan, 6_260, 31)

    # 10.00 is left: as much as the least that is asked for
    assert await restore_paid(session, now=moment(31), policy=POLICY) == 0
    await pays(session, bogdan, 1, 31)
    assert await restore_paid(session, now=moment(31), policy=POLICY) == 1


async def test_an_error_of_ours_restores_the_service_without_a_fee(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, *range(31))
    invoice_id = await session.scalar(select(Invoice.id))
    assert invoice_id is not None
    await credit_invoice(
        session, invoice_id, GROSS, reason="error", actor="x", now=moment(31), policy=POLICY
    )

    assert await restore_paid(session, now=moment(31), policy=POLICY) == 1
    assert ("one_off", 1_500) not in await fees(session)
    assert "service_restored" in await told(session)


async def test_a_company_without_a_reconnection_fee_charges_none(
    session: AsyncSession, bogdan: UUID
) -> None:
    free = {
        "valid_from": "2020-01-01",
        "currency": "RON",
        "minimum_minor": 1,
        "late_fee_minor": None,
        "reconnection_fee_minor": None,
        "steps": [
            {"after_days": 1, "do": "suspension_notice"},
            {"after_days": 2, "do": "suspension"},
        ],
    }
    policy = replace(POLICY, dunning=read([free]))
    for number in (1, 2):
        await service.run(session, today=day(number), now=moment(number), policy=policy)
    await pays(session, bogdan, 7_260, 3)

    assert await restore_paid(session, now=moment(3), policy=policy) == 1
    assert await fees(session) == []
    assert (await told(session))[-1] == "service_restored"


async def disputed(session: AsyncSession, account: UUID, on: int, minor: int | None = None) -> str:
    [invoice] = await BILLING.invoices(session, account, today=day(on))
    found = await BILLING.open_dispute(
        session,
        account,
        invoice.number,
        amount=None if minor is None else Money(minor),
        reason="other",
        words="nu este corect",
        authority=ASSISTANT,
        key=f"o{on}",
        now=moment(on),
    )
    assert isinstance(found, DisputeOpened)
    return found.dispute.number


async def test_what_is_disputed_is_not_asked_for_until_fourteen_days_after_a_rejection(
    session: AsyncSession, bogdan: UUID
) -> None:
    number = await disputed(session, bogdan, 1)
    assert await follow(session, *range(1, 40)) == Followed()

    await BILLING.reject_dispute(
        session, bogdan, number, answer="Nu.", authority=AGENT, key="j", now=moment(40)
    )
    # Due again on day 54: reminded on 57, the fee on 58, suspended on 84.
    await follow(session, *range(40, 120))
    assert await steps(session) == [
        (57, "reminder_1"),
        (58, "late_fee"),
        (64, "reminder_2"),
        (74, "suspension_notice"),
        (84, "suspension"),
    ]


async def test_the_rest_of_a_disputed_invoice_is_asked_for_without_a_late_fee(
    session: AsyncSession, bogdan: UUID
) -> None:
    await disputed(session, bogdan, 1, 2_260)

    assert await follow(session, *range(1, 12)) == Followed(reminders=2)
    [first, _] = await session.scalars(select(NoticeRow).order_by(NoticeRow.created_at))
    assert first.values["amount"] == {"money": 5_000, "currency": "RON"}


async def test_a_dispute_opened_in_a_suspension_brings_the_service_back_without_a_fee(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, *range(31))
    number = await disputed(session, bogdan, 32)

    assert await restore_paid(session, now=moment(32), policy=POLICY) == 1
    assert ("one_off", 1_500) not in await fees(session)

    # Rejected, the debt begins again: each step once more, but never the late fee.
    await BILLING.reject_dispute(
        session, bogdan, number, answer="Nu.", authority=AGENT, key="j", now=moment(33)
    )
    await follow(session, *range(33, 100))
    again = [step for late, step in await steps(session) if late > 33]
    assert again == ["reminder_1", "reminder_2", "suspension_notice", "suspension"]
    assert await fees(session) == [("late_fee", 1_000)]


async def test_an_arrangement_in_force_stops_dunning_and_a_broken_one_resumes_it(
    session: AsyncSession, bogdan: UUID
) -> None:
    await follow(session, 1, 2, 3)
    made = await BILLING.arrange_extension(
        session, bogdan, day(13), authority=ASSISTANT, key="a", now=moment(3)
    )
    assert isinstance(made, ArrangementSummary)
    assert await follow(session, *range(3, 14)) == Followed()

    done = await run_day(session, now=moment(14), policy=POLICY)

    assert (done.arrangements_broken, done.late_fees, done.reminders) == (1, 1, 1)
    assert await steps(session) == [(3, "reminder_1"), (14, "late_fee"), (14, "reminder_1")]
    assert "extension_missed" in await told(session)


async def test_small_debts_are_left_alone(session: AsyncSession, bogdan: UUID) -> None:
    await pays(session, bogdan, 6_261, 0)

    assert await follow(session, *range(40)) == Followed()


async def test_two_late_invoices_make_one_suspension(session: AsyncSession, bogdan: UUID) -> None:
    await issue_due(session, as_of=date(2026, 11, 1), now=moment(17), policy=POLICY)

    done = await follow(session, *range(100))

    assert done.suspended == 1
    assert await session.scalar(select(func.count()).select_from(Suspension)) == 1
    assert (await told(session)).count("service_suspended") == 1


async def test_many_debts_are_followed_page_by_page(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    for serial in range(1, 8):
        await subscriber(session, serial)
    await issue_due(session, as_of=OCTOBER, now=moment(-14), policy=POLICY)

    assert await follow(session, 4, page=3) == Followed(reminders=7, late_fees=7)
    assert await follow(session, 4, page=3) == Followed()


async def test_five_jobs_at_once_do_each_step_once(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        for serial in (1, 2, 3):
            await subscriber(session, serial)
        await issue_due(session, as_of=OCTOBER, now=moment(-14), policy=POLICY)

    async def job() -> Followed:
        async with transaction(sessions) as session:
            return await follow(session, 5)

    done = await asyncio.gather(*(job() for _ in range(5)))

    assert sum(each.late_fees for each in done) == 3
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Charge)) == 3
        assert await session.scalar(select(func.count()).select_from(NoticeRow)) == 3
