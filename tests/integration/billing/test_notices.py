"""Are notices told once, when they may be, and not when they are no longer true?"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices
from billing_backend.customers.models import Account
from billing_backend.db import Sessions, transaction
from billing_backend.identity.models import IdentificationRow
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.money import Money
from billing_backend.notices import NewNotice
from billing_backend.notices.models import NoticeRow
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)


@pytest.fixture
async def ana(session: AsyncSession, subscriber: Subscriber) -> UUID:
    return await subscriber(session)


async def write(session: AsyncSession, account: UUID, key: str = "k", **also: object) -> None:
    notice = NewNotice(account, "reminder_1", key, **also)  # type: ignore[arg-type]
    await notices.write(session, notice, now=NOON)


async def due(session: AsyncSession, now: datetime = NOON) -> list[UUID]:
    found = await notices.due(session, now=now, at_most=10, policy=POLICY)
    return [each.notice_id for each in found]


async def test_a_notice_is_due_until_it_is_settled(session: AsyncSession, ana: UUID) -> None:
    await write(session, ana)
    [notice] = await due(session)
    assert await due(session) == [notice]

    conversation = uuid4()
    await notices.settle(session, notice, conversation_id=conversation, now=NOON)

    assert await due(session) == []
    row = (await session.scalars(select(NoticeRow))).one()
    assert (row.outcome, row.conversation_id) == ("told", conversation)


async def test_the_same_thing_is_told_once(session: AsyncSession, ana: UUID) -> None:
    await write(session, ana)
    await write(session, ana)

    assert len(await due(session)) == 1


async def test_at_night_nothing_is_due_and_in_the_morning_it_is(
    session: AsyncSession, ana: UUID
) -> None:
    await write(session, ana)

    assert await due(session, NIGHT) == []
    assert len(await due(session, NIGHT + timedelta(hours=10))) == 1


async def test_a_reminder_is_not_told_to_somebody_who_has_paid_meanwhile(
    session: AsyncSession, ana: UUID
) -> None:
    await issue_due(session, as_of=date(2026, 10, 1), now=NOON, policy=POLICY)
    invoice = (await session.scalars(select(Invoice))).one()
    await write(session, ana, about_invoice_id=invoice.id)
    assert len(await due(session)) == 1
    paid = Received(ana, Money(invoice.total_minor), NOON.date(), "card", "P-1")
    await receive(session, [paid], now=NOON, policy=POLICY)

    assert await due(session) == []
    row = (await session.scalars(select(NoticeRow))).one()
    assert row.outcome == "paid"


async def test_it_says_where_the_customer_was_proved_and_the_number_on_file(
    session: AsyncSession, ana: UUID
) -> None:
    customer = await session.scalar(select(Account.customer_id).where(Account.id == ana))
    proved, merely_named = uuid4(), uuid4()
    session.add(IdentificationRow(conversation_id=proved, customer_id=customer, verified_at=NOON))
    session.add(IdentificationRow(conversation_id=merely_named, customer_id=customer))
    await session.flush()
    await write(session, ana)

    [notice] = await notices.due(session, now=NOON, at_most=10, policy=POLICY)

    assert notice.conversations == (proved,)
    assert notice.phone == "+40700550001"


async def test_two_senders_at_once_never_get_the_same_notice(
    sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await write(session, account)

    async with transaction(sessions) as first, transaction(sessions) as second:
        assert len(await due(first)) == 1
        assert await due(second) == []
