"""The outbox to the provider: in order, once, and not lost before it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from billing_backend.clock import FixedClock
from billing_backend.db import Sessions, transaction
from bot.channels.message import Channel, Delivered, DeliveryFailed, Outbound
from bot.outgoing import Sending, Wording
from bot.texts import Texts
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Part,
    Status,
    Vault,
    open_conversation,
    ownership,
    write,
)
from handoff.conversations.bell import Bell
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


class Telegram:
    """Takes what it is given; the first calls may fail as told."""

    def __init__(self, *failures: DeliveryFailed) -> None:
        self.failures = list(failures)
        self.shown: list[str] = []

    async def send(self, message: Outbound) -> Delivered:
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append(message.text)
        return Delivered(f"p{len(self.shown)}")


class Words:
    """The product's texts, which fail at first: the disk, say."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self._texts = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")

    def join(self, parts: Sequence[Any], *rest: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is away")
        return self._texts.join(parts, *rest)


VAULT = Vault(Fernet.generate_key())


def sending(sessions: Sessions, bell: Bell, telegram: Telegram, words: Words) -> Sending:
    wording = Wording(cast(Texts, words), VAULT, FixedClock(NOW), BILLING)
    return Sending(sessions, bell, wording, {Channel.TELEGRAM: telegram})


async def say(sessions: Sessions, *drafts: Draft) -> None:
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel="telegram",
            address="4001",
            sender="4001",
            phone=None,
            language_hint="ro",
            now=NOW,
        )
        for draft in drafts:
            await write(session, conversation, draft, author=Author.BOT, now=NOW)


async def states(sessions: Sessions) -> list[Status]:
    async with sessions() as session:
        query = select(OutboundMessage.status).order_by(OutboundMessage.position)
        return list(await session.scalars(query))


async def at_once(sessions: Sessions) -> None:
    """Let postponed messages be due now."""
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE outbound_message SET not_before = NULL"))


async def test_messages_go_out_in_order_and_once(sessions: Sessions, database_url: str) -> None:
    telegram = Telegram()
    await say(sessions, Draft(text="unu"), Draft(parts=[Part("utter_thank")]), Draft(text="trei"))
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    assert await deliver.deliver_due() == 3
    assert await deliver.deliver_due() == 0
    assert [telegram.shown[0], telegram.shown[2]] == ["unu", "trei"]
    assert telegram.shown[1].startswith("Cu plăcere")
    assert await states(sessions) == [Status.SENT] * 3


async def test_the_bots_late_words_are_dropped_at_the_moment_of_sending(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram()
    await say(sessions, Draft(text="prea târziu"))
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        ownership.to_queue(conversation)
    await sending(sessions, Bell(database_url), telegram, Words()).deliver_due()
    assert telegram.shown == []
    assert await states(sessions) == [Status.DROPPED]


async def test_what_failed_before_it_was_sent_is_sent_later(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram()
    await say(sessions, Draft(parts=[Part("utter_thank")]))
    deliver = sending(sessions, Bell(database_url), telegram, Words(failures=1))
    with pytest.raises(OSError, match="disk"):
        await deliver.deliver_due()
    assert await states(sessions) == [Status.QUEUED]
    await at_once(sessions)
    await deliver.deliver_due()
    assert len(telegram.shown) == 1
    assert await states(sessions) == [Status.SENT]


async def test_a_code_that_is_sent_again_is_still_the_code(
    sessions: Sessions, database_url: str
) -> None:
    """The text that is kept hides it."""
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel="telegram",
            address="4001",
            sender="4001",
            phone=None,
            language_hint="ro",
            now=NOW,
        )
        secret = await VAULT.put(session, conversation.id, "482913")
        code = Part("utter_sms_code", {"code": {"secret": str(secret)}})
        await write(session, conversation, Draft(parts=[code]), author=Author.BOT, now=NOW)
    telegram = Telegram(DeliveryFailed("busy", permanent=False, retry_after=1))
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    await deliver.deliver_due()
    await at_once(sessions)
    await deliver.deliver_due()
    [shown] = telegram.shown
    assert "482913" in shown
    async with sessions() as session:
        kept = await session.scalar(select(OutboundMessage.text))
    assert kept is not None
    assert "482913" not in kept
