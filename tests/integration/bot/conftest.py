"""Turns with a Rasa that answers as the test tells it, and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing, Identification, Level
from billing_backend.db import Sessions, transaction
from bot.busy import Typing
from bot.channels.message import Channel
from bot.dialogue import Answer, Dialogue, Guess, Question
from bot.texts import Words
from bot.turn import Turns
from handoff.conversations import (
    Conversation,
    InboundMessage,
    OutboundMessage,
    open_conversation,
    receive,
)
from handoff.conversations.bell import Bell

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
Replying = Callable[[Question], Awaitable[list[Words]]]


class Rasa:
    """Answers as the test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.sessions_opened: list[UUID] = []
        self.answer: Replying = self.echo
        self.understood: tuple[Guess, ...] = ()

    async def echo(self, question: Question) -> list[Words]:
        return [Words(f"răspuns la {question.text}")]

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return Answer(await self.answer(question), self.understood)

    async def open_session(self, conversation_id: UUID) -> None:
        self.sessions_opened.append(conversation_id)


class Strangers:
    """A billing that knows nobody."""

    async def identification(self, *args: Any, **kwargs: Any) -> Identification:
        return Identification(Level.UNKNOWN)


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
async def rasas_table(sessions: Sessions) -> AsyncIterator[None]:
    """The part of Rasa's own table that is read."""
    async with transaction(sessions) as session:
        await session.execute(text("CREATE SCHEMA IF NOT EXISTS rasa"))
        await session.execute(
            text(
                "CREATE TABLE IF NOT EXISTS rasa.events (id serial PRIMARY KEY,"
                " sender_id text, type_name text, data text)"
            )
        )
    yield
    async with transaction(sessions) as session:
        await session.execute(text("DROP TABLE rasa.events"))


@pytest.fixture
def turns(sessions: Sessions, rasa: Rasa, rasas_table: None, database_url: str) -> Turns:
    return make_turns(sessions, rasa, database_url)


def make_turns(
    sessions: Sessions,
    rasa: Rasa,
    database_url: str,
    typing: Mapping[Channel, Typing] = MappingProxyType({}),
) -> Turns:
    return Turns(
        sessions,
        FixedClock(NOW),
        "Europe/Bucharest",
        Bell(database_url),
        cast(Dialogue, rasa),
        cast(Billing, Strangers()),
        company="Demo Telecom",
        typing=typing,
    )


async def arrives(
    sessions: Sessions,
    words: str,
    *,
    ref: str | None = None,
    kind: str = "text",
    channel: str = "telegram",
    **data: Any,
) -> UUID:
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel=channel,
            address="4001",
            sender="4001",
            phone=None,
            language_hint=None,
            now=NOW,
        )
        stored = await receive(
            session,
            conversation,
            provider_message_id=ref or str(uuid4()),
            kind=kind,
            text=words,
            data=data,
            now=NOW,
        )
        return stored.message_id


async def outgoing(sessions: Sessions) -> list[OutboundMessage]:
    async with sessions() as session:
        rows = await session.scalars(select(OutboundMessage).order_by(OutboundMessage.position))
        return list(rows)


async def outcome(sessions: Sessions, message_id: UUID) -> str | None:
    async with sessions() as session:
        return (await session.get_one(InboundMessage, message_id)).outcome


async def owner(sessions: Sessions) -> str:
    async with sessions() as session:
        found = await session.scalar(select(Conversation.owner))
        assert found is not None
        return found


async def try_at_once(sessions: Sessions) -> None:
    """Let a postponed message be due now."""
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE inbound_message SET not_before = NULL"))
