"""What is kept of an SMS beside its words, and what a receipt does when it comes in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from sqlalchemy import select

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction
from bot.channels.message import Channel, Inbound, Kind, Media
from bot.intake import Intake
from bot.outgoing import Wording
from bot.texts import Texts
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Report,
    Status,
    Vault,
    write,
)
from handoff.conversations.bell import Bell
from handoff.conversations.reach import close_address

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANA = "+40700200001"
FIRST, SECOND = "+40312345678", "+40312345679"
TEXTS = Texts(Path(__file__).parents[3] / "data" / "responses", zone="Europe/Bucharest")


@pytest.fixture
def intake(sessions: Sessions, database_url: str) -> Intake:
    vault, clock, bell = Vault(Fernet.generate_key()), FixedClock(NOW), Bell(database_url)
    return Intake(sessions, clock, vault, bell, Wording(TEXTS, vault, clock, cast(Billing, None)))


def sms(number: int, *, line: str = FIRST, media: tuple[Media, ...] = ()) -> Inbound:
    return Inbound(
        channel=Channel.SMS,
        address=ANA,
        provider_message_id=f"SM{number}",
        kind=Kind.TEXT,
        sender=ANA,
        text="asta e factura",
        phone=ANA,
        line=line,
        media=media,
    )


async def anas(sessions: Sessions) -> Conversation:
    async with sessions() as session:
        found = await session.scalar(select(Conversation))
        assert found is not None
        return found


async def test_the_number_they_wrote_to_last_is_remembered(
    intake: Intake, sessions: Sessions
) -> None:
    await intake.accept(sms(1))
    await intake.accept(sms(2, line=SECOND))
    assert (await anas(sessions)).line == SECOND


async def test_of_a_picture_only_where_it_is_kept_is_stored(
    intake: Intake, sessions: Sessions
) -> None:
    await intake.accept(sms(1, media=(Media("MM1/ME1", "image/jpeg"),)))
    async with sessions() as session:
        data = await session.scalar(select(InboundMessage.data))
    assert data == {"media": [{"reference": "MM1/ME1", "mime": "image/jpeg"}]}


async def test_who_writes_can_be_reached_again(intake: Intake, sessions: Sessions) -> None:
    receipt = await intake.accept(sms(1))
    async with transaction(sessions) as session:
        await close_address(session, receipt.conversation_id, "landline", now=NOW)
    assert (await anas(sessions)).unreachable_at is not None
    await intake.accept(sms(2))
    assert (await anas(sessions)).unreachable_at is None


def counted(state: str) -> float:
    labels = {"channel": "sms", "state": state}
    return REGISTRY.get_sample_value("limpede_receipts_total", labels) or 0


async def test_a_receipt_is_counted_once_however_often_it_comes(
    intake: Intake, sessions: Sessions
) -> None:
    receipt = await intake.accept(sms(1))
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, receipt.conversation_id)
        message = await write(session, conversation, Draft(text="da"), author=Author.BOT, now=NOW)
    before = counted("delivered"), counted("failed")
    for status in (Status.DELIVERED, Status.DELIVERED, Status.SENT, Status.FAILED):
        await intake.delivery_status(Report("sms", "SM9", status, "landline", message))
    await intake.delivery_status(Report("sms", "SM9", Status.FAILED, "landline", UUID(int=9)))
    assert (counted("delivered"), counted("failed")) == (before[0] + 1, before[1])
    async with sessions() as session:
        found = await session.scalar(select(OutboundMessage))
    assert found is not None
    assert found.status == Status.DELIVERED
