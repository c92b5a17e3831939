"""Who sends more than a person can type is not answered, and loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions
from bot.channels.message import Channel, Inbound, Kind
from bot.intake import Intake
from bot.outgoing import Wording
from bot.texts import Texts
from handoff.conversations import InboundMessage, OutboundMessage, Vault
from handoff.conversations.bell import Bell
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)
LIMIT = 5


class Sender:
    """Somebody who writes, on one channel, at moments that the test tells."""

    def __init__(self, sessions: Sessions, database_url: str, channel: Channel) -> None:
        self.sessions = sessions
        self.clock = FixedClock(NOW)
        vault = Vault(Fernet.generate_key())
        texts = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
        wording = Wording(texts, vault, self.clock, cast(Billing, None))
        self.intake = Intake(
            sessions, self.clock, vault, Bell(database_url), wording, per_minute=LIMIT
        )
        self.channel = channel
        self.count = 0

    async def writes(self, times: int, *, address: str = "+40700200001") -> None:
        for _ in range(times):
            self.count += 1
            await self.intake.accept(
                Inbound(
                    channel=self.channel,
                    address=address,
                    provider_message_id=f"m{self.count}",
                    kind=Kind.TEXT,
                    sender=address,
                    text=f"mesajul {self.count}",
                )
            )

    async def waiting(self) -> int:
        """Messages that will be answered."""
        async with self.sessions() as session:
            return await session.scalar(
                select(func.count()).where(InboundMessage.handled_at.is_(None))
            ) or 0  # fmt: skip

    async def kept(self) -> int:
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(InboundMessage)) or 0

    async def told(self) -> list[str]:
        async with self.sessions() as session:
            rows = await session.scalars(select(OutboundMessage.parts))
            return [part["response"] for parts in rows for part in parts]


@pytest.fixture
def sender(sessions: Sessions, database_url: str) -> Sender:
    return Sender(sessions, database_url, Channel.SMS)


async def test_as_many_as_a_person_types_are_all_answered(sender: Sender) -> None:
    await sender.writes(LIMIT)
    assert (await sender.waiting(), await sender.told()) == (LIMIT, [])


async def test_what_is_too_much_is_kept_unanswered_and_said_once(sender: Sender) -> None:
    await sender.writes(LIMIT + 20)
    assert await sender.waiting() == LIMIT
    assert await sender.kept() == LIMIT + 20
    assert await sender.told() == ["utter_too_many_messages"]


async def test_a_minute_later_there_are_answers_again(sender: Sender) -> None:
    await sender.writes(LIMIT + 1)
    sender.clock.moment = NOW + timedelta(minutes=1)
    await sender.writes(1)
    assert await sender.waiting() == LIMIT + 1


async def test_one_who_floods_takes_nothing_from_another(sender: Sender) -> None:
    await sender.writes(LIMIT + 20)
    await sender.writes(1, address="+40700200002")
    assert await sender.waiting() == LIMIT + 1


async def test_a_call_has_a_pace_of_its_own(sessions: Sessions, database_url: str) -> None:
    caller = Sender(sessions, database_url, Channel.VOICE)
    await caller.writes(LIMIT + 5)
    assert await caller.waiting() == LIMIT + 5
