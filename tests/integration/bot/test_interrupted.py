"""A database that hangs up costs nobody their answer, and nothing is done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, make_engine, make_sessions, patiently, transaction
from bot.actions import Services
from bot.actions.guard import GuardedAction
from bot.actions.job import Job
from bot.channels.message import Channel, Delivered, Inbound, Kind, Outbound
from bot.dialogue import Dialogue, Question
from bot.intake import Intake
from bot.outgoing import Sending, Wording
from bot.texts import Texts, Words
from bot.turn import Turns
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Status,
    Vault,
    outbox,
)
from handoff.conversations.bell import Bell
from limpede.settings import ROOT
from tests.integration.bot.conftest import NOW, Rasa, Strangers, arrives, outcome, outgoing

CUT_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fragile'"
)
Cut = Callable[[], Awaitable[None]]


@pytest.fixture
async def fragile(sessions: Sessions, database_url: str) -> AsyncIterator[Sessions]:
    """Sessions of the product, whose connections the test can end."""
    engine = make_engine(f"{database_url}?application_name=fragile")
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
async def cut(sessions: Sessions, fragile: Sessions) -> Cut:
    """The database ends every connection of the product, as when it is started anew."""

    async def end_them() -> None:
        async with fragile() as one, fragile() as another, fragile() as third:
            for each in (one, another, third):
                await each.execute(text("SELECT 1"))
        async with transaction(sessions) as session:
            assert len((await session.execute(text(CUT_OFF))).all()) >= 3

    return end_them


@pytest.fixture
def wording() -> Wording:
    texts = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
    return Wording(texts, Vault(Fernet.generate_key()), FixedClock(NOW), cast(Billing, None))


async def test_a_message_is_taken_in_although_the_connection_was_dead(
    fragile: Sessions, sessions: Sessions, cut: Cut, wording: Wording, database_url: str
) -> None:
    door = Intake(fragile, FixedClock(NOW), wording.vault, Bell(database_url), wording)
    await cut()
    await door.accept(Inbound(Channel.SMS, "+40722000001", "SM1", Kind.TEXT, "+40722000001", "alo"))
    async with sessions() as session:
        assert await session.scalar(select(InboundMessage.text)) == "alo"


async def test_a_turn_ends_at_once_although_the_connection_died_meanwhile(
    fragile: Sessions, sessions: Sessions, cut: Cut, database_url: str
) -> None:
    class HangingUp(Rasa):
        async def echo(self, question: Question) -> list[Words]:
            await cut()
            return [Words("Aveți de plată 45 lei.")]

    turns = Turns(
        fragile,
        FixedClock(NOW),
        "Europe/Bucharest",
        Bell(database_url),
        cast(Dialogue, HangingUp()),
        cast(Billing, Strangers()),
    )
    message = await arrives(sessions, "cât am de plată?")
    await turns.run_due()
    assert [said.text for said in await outgoing(sessions)] == ["Aveți de plată 45 lei."]
    assert await outcome(sessions, message) == "answered"


async def test_a_delivery_is_known_although_the_connection_died_meanwhile(
    fragile: Sessions, sessions: Sessions, cut: Cut, wording: Wording, database_url: str
) -> None:
    class HangingUp:
        async def send(self, message: Outbound) -> Delivered:
            await cut()
            return Delivered("p1")

    await arrives(sessions, "salut")
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        await outbox.write(
            session, conversation, Draft(text="Bună ziua."), author=Author.BOT, now=NOW
        )
    senders = {Channel.TELEGRAM: HangingUp()}
    await Sending(fragile, Bell(database_url), wording, senders).deliver_due()
    async with sessions() as session:
        assert await session.scalar(select(OutboundMessage.status)) == Status.SENT


async def test_an_action_is_done_once_although_the_connection_was_dead(
    fragile: Sessions, sessions: Sessions, cut: Cut, wording: Wording
) -> None:
    message = await arrives(sessions, "ești robot?")
    async with sessions() as session:
        conversation = await session.scalar(select(Conversation.id))

    async def answer(job: Job) -> None:
        job.say_again("Sunt un asistent.")
        job.remember(times=job.memory.get("times", 0) + 1)

    services = Services(
        sessions=fragile,
        billing=cast(Billing, Strangers()),
        vault=wording.vault,
        clock=FixedClock(NOW),
        zone="Europe/Bucharest",
        company="Demo Telecom",
        texts=wording.texts,
    )
    action = GuardedAction("action_answer", answer, {}, services)
    await cut()
    said = CollectingDispatcher()
    await action.run(said, _tracker(str(conversation), str(message)), {})
    assert [each["text"] for each in said.messages] == ["Sunt un asistent."]
    async with sessions() as session:
        kept = await session.get_one(Conversation, conversation)
        assert kept.dialogue["times"] == 1
        assert (await session.get_one(InboundMessage, message)).failure is None


async def test_a_database_that_stays_away_is_told_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("billing_backend.db._PAUSES", (0.0, 0.0))
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("SELECT 1", {}, ConnectionError())

    with pytest.raises(OperationalError):
        await patiently(work)
    assert tries == 3


def _tracker(sender: str, message: str) -> Tracker:
    latest: dict[str, Any] = {"metadata": {"message_id": message}, "intent": {}, "entities": []}
    return Tracker(sender, {}, latest, [], False, None, {}, None)
