"""Receipts may come late, twice, out of order, and before we know what was taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Report,
    Status,
    open_conversation,
    outbox,
    write,
)
from handoff.conversations.receipts import receipt

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PHONE = "+40700200001"


@pytest.fixture
async def conversation(session: AsyncSession) -> Conversation:
    return await open_conversation(
        session,
        channel="sms",
        address=PHONE,
        sender=PHONE,
        phone=PHONE,
        language_hint="ro",
        now=NOW,
    )


async def claimed(session: AsyncSession, conversation: Conversation) -> UUID:
    await write(session, conversation, Draft(text="unu"), author=Author.BOT, now=NOW)
    message = await outbox.claim_next(session, channels=["sms"])
    assert message is not None
    return message.id


async def told(session: AsyncSession, *reports: Report) -> None:
    for report in reports:
        await receipt(session, report, now=NOW)


async def state(session: AsyncSession, message_id: UUID) -> tuple[str, str | None]:
    message = await session.get_one(OutboundMessage, message_id, populate_existing=True)
    return message.status, message.failure


def report(status: Status, reason: str | None = None, **more: int | UUID | None) -> Report:
    return Report("sms", "SM1", status, reason, **more)  # type: ignore[arg-type]


SENT, DELIVERED = report(Status.SENT), report(Status.DELIVERED)
FAILED = report(Status.FAILED, "landline")


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        ([SENT], "sent"),
        ([SENT, DELIVERED], "delivered"),
        ([DELIVERED, SENT], "delivered"),
        ([DELIVERED, DELIVERED, SENT], "delivered"),
        ([FAILED, SENT], "failed"),
        ([FAILED, FAILED], "failed"),
        ([DELIVERED, FAILED], "delivered"),
        ([FAILED, DELIVERED], "delivered"),  # who has it on the phone has it
    ],
)
async def test_the_order_of_receipts_changes_nothing_wrongly(
    session: AsyncSession, conversation: Conversation, reports: Sequence[Report], status: str
) -> None:
    message_id = await claimed(session, conversation)
    await outbox.sent(session, message_id, provider_message_id="SM1", now=NOW)
    await told(session, *reports)
    assert (await state(session, message_id))[0] == status


async def test_a_receipt_settles_a_message_whose_sending_timed_out(
    session: AsyncSession, conversation: Conversation
) -> None:
    """Of that one we never learnt the provider's id: ours comes along."""
    message_id = await claimed(session, conversation)
    await outbox.uncertain(session, message_id, reason="timeout")
    await told(session, report(Status.DELIVERED, message_id=message_id))
    assert await state(session, message_id) == ("delivered", None)


async def test_a_receipt_that_overtakes_our_own_note_stays(
    session: AsyncSession, conversation: Conversation
) -> None:
    message_id = await claimed(session, conversation)
    await told(session, report(Status.DELIVERED, message_id=message_id))
    await outbox.sent(session, message_id, provider_message_id="SM1", now=NOW)
    assert await state(session, message_id) == ("delivered", None)


async def test_what_was_taken_after_all_is_not_sent_again(
    session: AsyncSession, conversation: Conversation
) -> None:
    message_id = await claimed(session, conversation)
    await outbox.retry(session, message_id, delay=timedelta(), reason="unreachable")
    await told(session, report(Status.SENT, message_id=message_id))
    assert await outbox.claim_next(session, channels=["sms"]) is None


async def test_a_long_message_is_delivered_when_all_of_it_is(
    session: AsyncSession, conversation: Conversation
) -> None:
    message_id = await claimed(session, conversation)
    await outbox.sent(session, message_id, provider_message_id="SM2", now=NOW)
    second = report(Status.DELIVERED, message_id=message_id, part=2, of=2)
    first = report(Status.DELIVERED, message_id=message_id, part=1, of=2)
    await told(session, second, second)
    assert (await state(session, message_id))[0] == "sent"
    await told(session, first)
    assert (await state(session, message_id))[0] == "delivered"


async def test_a_receipt_for_nothing_of_ours_changes_nothing(
    session: AsyncSession, conversation: Conversation
) -> None:
    message_id = await claimed(session, conversation)
    await told(
        session,
        Report("sms", "SM9", Status.FAILED, "landline"),
        Report("telegram", "SM1", Status.FAILED, "landline", message_id=message_id),
        report(Status.FAILED, "landline", message_id=UUID(int=9)),
    )
    assert await state(session, message_id) == ("sending", None)
    assert conversation.unreachable_at is None


@pytest.mark.parametrize(
    ("reason", "opted_out", "unreachable"),
    [
        ("opted_out", True, False),
        ("blocked", False, True),
        ("landline", False, True),
        ("invalid_address", False, True),
        ("switched_off", False, False),
        ("filtered", False, False),
    ],
)
async def test_what_fails_for_good_closes_the_address(
    session: AsyncSession,
    conversation: Conversation,
    reason: str,
    opted_out: bool,
    unreachable: bool,
) -> None:
    message_id = await claimed(session, conversation)
    await told(session, report(Status.FAILED, reason, message_id=message_id))
    await session.refresh(conversation)
    assert (conversation.opted_out_at is not None) is opted_out
    assert (conversation.unreachable_at is not None) is unreachable
    assert await state(session, message_id) == ("failed", reason)
