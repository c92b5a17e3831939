"""Are customers told of what billing does, each thing once, in time, and only if they want it?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices, plans
from billing_backend.contract import ArrangementSummary, Authority, Tier
from billing_backend.customers.models import Account, Customer
from billing_backend.errors import NotFound, WrongValue
from billing_backend.invoices.announcing import announce
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.jobs import run_day
from billing_backend.money import Money
from billing_backend.notices.models import NoticeChoice, NoticeRow
from billing_backend.notices.rules import TOPICS
from billing_backend.payments.service import Received, receive
from billing_backend.plans.announcing import announce_due
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
ISSUED = date(2026, 10, 1)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


@pytest.fixture
async def ana(session: AsyncSession, subscriber: Subscriber) -> UUID:
    """60.00 net and 21 % tax: an invoice of 72.60 on the first of October."""
    account = await subscriber(session)
    await issue_due(session, as_of=ISSUED, now=noon(ISSUED), policy=POLICY)
    return account


async def the_invoice(session: AsyncSession) -> Invoice:
    return (await session.scalars(select(Invoice))).one()


async def told(session: AsyncSession) -> list[tuple[str, dict[str, object]]]:
    rows = await session.scalars(select(NoticeRow).order_by(NoticeRow.created_at, NoticeRow.key))
    return [(row.kind, row.values) for row in rows]


async def announced(session: AsyncSession, day: date) -> int:
    return await announce(session, today=day, now=noon(day), policy=POLICY)


async def pays(session: AsyncSession, account: UUID, minor: int, **more: object) -> None:
    payment = Received(account, Money(minor), ISSUED, "card", f"P-{minor}", **more)  # type: ignore[arg-type]
    await receive(session, [payment], now=noon(ISSUED), policy=POLICY)


async def test_a_new_invoice_is_told_once_on_its_day(session: AsyncSession, ana: UUID) -> None:
    assert await announced(session, ISSUED) == 1
    assert await announced(session, ISSUED) == 0

    invoice = await the_invoice(session)
    assert await told(session) == [
        (
            "invoice_issued",
            {
                "invoice": invoice.number,
                "amount": {"money": 7_260, "currency": "RON"},
                "due": {"date": invoice.due_on.isoformat()},
            },
        )
    ]
    row = (await session.scalars(select(NoticeRow))).one()
    assert row.about_invoice_id == invoice.id, "it is not told any more once that is paid"


async def test_the_invoices_of_earlier_days_are_not_told(session: AsyncSession, ana: UUID) -> None:
    assert await announced(session, ISSUED + timedelta(days=1)) == 0


async def test_an_invoice_that_credit_has_paid_asks_for_nothing(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await pays(session, account, 10_000)
    await issue_due(session, as_of=ISSUED, now=noon(ISSUED), policy=POLICY)

    assert await announced(session, ISSUED) == 1
    [(kind, values)] = await told(session)
    assert (kind, values["amount"]) == ("invoice_covered", {"money": 7_260, "currency": "RON"})


@pytest.mark.parametrize(
    ("days_before", "count"),
    [(4, 0), (3, 1), (1, 1), (0, 0), (-1, 0)],
)
async def test_what_is_due_soon_is_told_some_days_before(
    session: AsyncSession, ana: UUID, days_before: int, count: int
) -> None:
    invoice = await the_invoice(session)
    assert await announced(session, invoice.due_on - timedelta(days=days_before)) == count


async def test_it_is_told_once_though_it_is_due_soon_for_days(
    session: AsyncSession, ana: UUID
) -> None:
    due = (await the_invoice(session)).due_on
    counts = [await announced(session, due - timedelta(days=days)) for days in (3, 2, 1)]
    assert counts == [1, 0, 0]


async def test_what_is_paid_or_paid_later_by_agreement_is_not_due_soon(
    session: AsyncSession, ana: UUID
) -> None:
    due = (await the_invoice(session)).due_on
    agreed = await plans.arrange_extension(
        session,
        ana,
        due + timedelta(days=7),
        authority=ASSISTANT,
        key="later",
        now=noon(due - timedelta(days=4)),
        policy=POLICY,
    )
    assert isinstance(agreed, ArrangementSummary)
    assert await announced(session, due - timedelta(days=2)) == 0


async def test_only_what_is_left_is_due_soon(session: AsyncSession, ana: UUID) -> None:
    await pays(session, ana, 7_000)
    due = (await the_invoice(session)).due_on
    await announced(session, due - timedelta(days=2))
    [(_, values)] = await told(session)
    assert values["amount"] == {"money": 260, "currency": "RON"}  # 72.60 - 70.00

    await pays(session, ana, 260)
    assert await notices.due(session, now=noon(due), at_most=10, policy=POLICY) == []
    assert (await session.scalars(select(NoticeRow.outcome))).one() == "paid"


@pytest.mark.parametrize(
    ("minor", "kind", "due"),
    [(5_000, "payment_received", 2_260), (7_260, "payment_received_all", 0)],  # 72.60 - 50.00
)
async def test_a_payment_that_arrived_is_told_with_what_is_left(
    session: AsyncSession, ana: UUID, minor: int, kind: str, due: int
) -> None:
    await pays(session, ana, minor, announce=True)
    await pays(session, ana, minor, announce=True)  # reported twice
    assert await told(session) == [
        (
            kind,
            {
                "amount": {"money": minor, "currency": "RON"},
                "due": {"money": due, "currency": "RON"},
            },
        )
    ]


async def test_a_past_that_is_brought_along_is_not_told(session: AsyncSession, ana: UUID) -> None:
    await pays(session, ana, 7_260)
    assert await told(session) == []


async def test_an_agreed_day_is_told_two_days_before_and_once(
    session: AsyncSession, ana: UUID
) -> None:
    due = (await the_invoice(session)).due_on
    pay_by = due + timedelta(days=7)
    now = noon(due)
    await plans.arrange_extension(
        session, ana, pay_by, authority=ASSISTANT, key="later", now=now, policy=POLICY
    )

    async def on(day: date) -> int:
        return await announce_due(session, today=day, now=noon(day), policy=POLICY)

    before = [await on(pay_by - timedelta(days=days)) for days in (3, 2, 1, 0)]
    assert before == [0, 1, 1, 0]
    assert await told(session) == [
        (
            "extension_due",
            {
                "amount": {"money": 7_260, "currency": "RON"},
                "due": {"date": pay_by.isoformat()},
            },
        )
    ]


async def test_each_part_is_told_unless_it_is_paid_already(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session, twice=True)  # 145.20: above the least
    await issue_due(session, as_of=ISSUED, now=noon(ISSUED), policy=POLICY)
    made = await plans.arrange_instalments(
        session, account, 2, authority=ASSISTANT, key="parts", now=noon(ISSUED), policy=POLICY
    )
    assert isinstance(made, ArrangementSummary)
    first, second = made.parts

    async def on(day: date) -> None:
        await announce_due(session, today=day, now=noon(day), policy=POLICY)

    await on(first.due_on - timedelta(days=2))
    await pays(session, account, first.amount.minor)
    await on(first.due_on - timedelta(days=1))
    await on(second.due_on - timedelta(days=2))

    assert [(kind, values["due"]) for kind, values in await told(session)] == [
        ("instalment_due", {"date": first.due_on.isoformat()}),
        ("instalment_due", {"date": second.due_on.isoformat()}),
    ]
    await pays(session, account, second.amount.minor + 1)
    await on(second.due_on - timedelta(days=1))
    assert len(await told(session)) == 2


async def test_the_daily_job_tells_of_what_it_issued(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    await subscriber(session)
    done = await run_day(session, now=noon(ISSUED), policy=POLICY)
    assert (done.invoices_issued, done.announced) == (1, 1)
    assert (await run_day(session, now=noon(ISSUED), policy=POLICY)).announced == 0


# --- consent ---


async def customer_of(session: AsyncSession, account: UUID) -> Customer:
    found = await session.scalar(
        select(Customer)
        .join(Account, Account.customer_id == Customer.id)
        .where(Account.id == account)
    )
    assert found is not None
    return found


async def outcomes(session: AsyncSession) -> set[str | None]:
    await notices.due(session, now=noon(ISSUED), at_most=10, policy=POLICY)
    return set(await session.scalars(select(NoticeRow.outcome)))


async def test_the_customers_record_is_what_counts_until_they_say_something(
    session: AsyncSession, ana: UUID
) -> None:
    (await customer_of(session, ana)).wants_notices = False
    await session.flush()
    await announced(session, ISSUED)
    assert await outcomes(session) == {"unwanted"}


@pytest.mark.parametrize(
    ("topic", "wanted", "outcome"),
    [
        ("invoices", False, "unwanted"),
        (None, False, "unwanted"),
        ("payments", False, None),
        ("invoices", True, None),
    ],
)
async def test_what_a_customer_said_of_a_topic_counts_and_where_they_said_it_is_kept(
    session: AsyncSession, ana: UUID, topic: str | None, wanted: bool, outcome: str | None
) -> None:
    customer = await customer_of(session, ana)
    for stated in (not wanted, wanted):  # the last word counts
        await notices.choose(
            session, customer.id, topic=topic, wanted=stated, stated_in="sms", now=noon(ISSUED)
        )
    await announced(session, ISSUED)

    assert await outcomes(session) == {outcome}
    kept = (await session.scalars(select(NoticeChoice))).all()
    assert {each.topic for each in kept} == ({topic} if topic else set(TOPICS))
    assert {(each.wanted, each.stated_in) for each in kept} == {(wanted, "sms")}


async def test_of_a_service_that_is_cut_off_everybody_is_told(
    session: AsyncSession, ana: UUID
) -> None:
    customer = await customer_of(session, ana)
    await notices.choose(
        session, customer.id, topic=None, wanted=False, stated_in="sms", now=noon(ISSUED)
    )
    notice = notices.NewNotice(ana, "suspension_notice", "k")
    await notices.write(session, notice, now=noon(ISSUED))
    assert await outcomes(session) == {None}


async def test_the_chosen_channel_and_the_language_go_with_the_notice(
    session: AsyncSession, ana: UUID
) -> None:
    customer = await customer_of(session, ana)
    await notices.choose_channel(
        session, customer.id, "telegram", stated_in="sms", now=noon(ISSUED)
    )
    await announced(session, ISSUED)
    [notice] = await notices.due(session, now=noon(ISSUED), at_most=10, policy=POLICY)
    assert (notice.channel, notice.language) == ("telegram", "ro")


async def test_choices_that_make_no_sense_are_refused(session: AsyncSession, ana: UUID) -> None:
    customer, now = await customer_of(session, ana), noon(ISSUED)
    with pytest.raises(WrongValue):
        await notices.choose(
            session, customer.id, topic="weather", wanted=True, stated_in="sms", now=now
        )
    with pytest.raises(WrongValue):
        await notices.choose_channel(session, customer.id, "pigeon", stated_in="sms", now=now)
    with pytest.raises(NotFound):
        await notices.choices(session, UUID(int=7))
