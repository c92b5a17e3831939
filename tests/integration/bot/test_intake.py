"""A message comes through the door once, and a caller hears the same words when asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction
from bot.channels.message import Channel, Inbound, Kind
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
    inbox,
    outbox,
    ownership,
)
from handoff.conversations.bell import WAKE_DESK, Bell
from limpede.settings import ROOT
from tests.integration.bot.test_turn import NOW

TEXTS = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")


@pytest.fixture
def door(sessions: Sessions, database_url: str) -> Intake:
    clock, vault = FixedClock(NOW), Vault(Fernet.generate_key())
    wording = Wording(TEXTS, vault, clock, cast(Billing, None))
    return Intake(sessions, clock, vault, Bell(database_url), wording)


def by_sms(words: str, ref: str, kind: Kind = Kind.TEXT) -> Inbound:
    return Inbound(Channel.SMS, "+40722000001", ref, kind, "+40722000001", text=words)


def on_the_phone(kind: Kind, step: str) -> Inbound:
    return Inbound(Channel.VOICE, "CA1", f"CA1:{step}", kind, "+40722000001")


async def conversations(sessions: Sessions) -> Sequence[Conversation]:
    async with sessions() as session:
        return (await session.scalars(select(Conversation))).all()


async def test_a_stop_that_is_delivered_again_after_a_start_signs_nobody_off(
    sessions: Sessions, door: Intake
) -> None:
    await door.accept(by_sms("stop", "SM1", Kind.COMMAND))
    await door.accept(by_sms("start", "SM2", Kind.COMMAND))
    assert (await door.accept(by_sms("stop", "SM1", Kind.COMMAND))).repeated
    [conversation] = await conversations(sessions)
    assert conversation.opted_out_at is None


async def test_the_end_of_a_call_that_is_told_again_begins_no_conversation(
    sessions: Sessions, door: Intake
) -> None:
    await door.accept(on_the_phone(Kind.BEGIN, "0"))
    first = await door.accept(on_the_phone(Kind.HANGUP, "end"))
    async with transaction(sessions) as session:
        (await session.get_one(Conversation, first.conversation_id)).closed_at = NOW
    again = await door.accept(on_the_phone(Kind.HANGUP, "end"))
    assert (again.repeated, again.conversation_id) == (True, first.conversation_id)
    assert len(await conversations(sessions)) == 1


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("cardul meu e 4111 1111 1111 1111", "4111"),
        ("CNP 1800101221144", "1800101221144"),
        ("IBAN RO49 AAAA 1B31 0075 9384 0000", "1B31"),
    ],
)
async def test_what_identifies_or_pays_is_taken_out_before_it_is_stored(
    sessions: Sessions, door: Intake, typed: str, secret: str
) -> None:
    """In the words and in what is written below a picture."""
    await door.accept(by_sms(typed, "SM1"))
    await door.accept(replace(by_sms("photo", "SM2", Kind.MEDIA), caption=typed))
    async with sessions() as session:
        kept = (await session.scalars(select(InboundMessage))).all()
    assert len(kept) == 2
    assert all(secret not in f"{one.text} {one.data}" for one in kept)
    assert kept[0].text != typed


async def test_the_number_that_was_written_to_last_is_the_conversations(
    sessions: Sessions, door: Intake
) -> None:
    for ref, ours in (("SM1", "+40312345678"), ("SM2", "+40312345679"), ("SM3", None)):
        await door.accept(replace(by_sms("bună", ref), line=ours))
    [conversation] = await conversations(sessions)
    assert conversation.line == "+40312345679"


async def test_the_desk_is_told_at_once_what_a_receipt_says_did_not_arrive(
    sessions: Sessions, door: Intake, database_url: str
) -> None:
    where = (await door.accept(by_sms("bună", "SM1"))).conversation_id
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, where)
        said = await outbox.write(
            session, conversation, Draft(text="Bună ziua."), author=Author.BOT, now=NOW
        )
        await session.execute(update(OutboundMessage).values(status=Status.SENT))
    bell = Bell(database_url)
    listening = asyncio.create_task(bell.run())
    with bell.ear(WAKE_DESK) as ear:
        assert await ear.heard(within=10)  # the line is up
        await door.delivery_status(
            Report(Channel.SMS, "SM2", Status.FAILED, "landline", message_id=said)
        )
        assert await ear.heard(within=10)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


# --- words for a caller ---


async def due(sessions: Sessions, conversation_id: UUID, *words: str) -> None:
    """The caller's turn is over and these words wait for the next document."""
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, conversation_id)
        for text in words:
            await outbox.write(session, conversation, Draft(text=text), author=Author.BOT, now=NOW)
        for claim in await inbox.claim_turns(session, lease=NOW - NOW, at_most=1):
            await inbox.finish_turn(session, claim, outcome="answered", now=NOW)


async def says(door: Intake, conversation_id: UUID, document: str) -> list[str]:
    spoken = await door.spoken(conversation_id, document=document, wait=0)
    return [message.text for message in spoken.messages]


async def test_words_whose_document_was_lost_are_said_again_when_it_is_asked_for_again(
    sessions: Sessions, door: Intake
) -> None:
    """We died after the words were taken and before Twilio had the document."""
    call = (await door.accept(on_the_phone(Kind.BEGIN, "0"))).conversation_id
    await due(sessions, call, "Bună ziua.", "Cu ce vă ajut?")
    assert await says(door, call, "CA1:0:0.0.0") == ["Bună ziua.", "Cu ce vă ajut?"]
    assert await says(door, call, "CA1:0:0.0.0") == ["Bună ziua.", "Cu ce vă ajut?"]
    assert await says(door, call, "CA1:1:0.0.0") == [], "another document says nothing twice"


async def test_an_agents_phone_is_dialled_once_for_each_wish(
    sessions: Sessions, door: Intake
) -> None:
    call = (await door.accept(on_the_phone(Kind.BEGIN, "0"))).conversation_id
    async with transaction(sessions) as session:
        conversation = await ownership.lock(session, call)
        ownership.to_agent(conversation, UUID(int=1))
        conversation.dialogue = {**conversation.dialogue, "connect": "+40722999001"}
    numbers = [
        (await door.spoken(call, document=f"CA1:{step}:0.0.0", wait=0)).connect for step in (1, 2)
    ]
    assert numbers == ["+40722999001", None]


async def test_lost_words_of_the_bot_are_not_said_again_after_a_person_took_over(
    sessions: Sessions, door: Intake
) -> None:
    call = (await door.accept(on_the_phone(Kind.BEGIN, "0"))).conversation_id
    await due(sessions, call, "Vă ofer 10 %.")
    await says(door, call, "CA1:0:0.0.0")
    async with transaction(sessions) as session:
        ownership.to_agent(await ownership.lock(session, call), UUID(int=1))
    assert await says(door, call, "CA1:0:0.0.0") == []


async def test_the_desk_sees_what_a_call_that_ended_never_said(
    sessions: Sessions, door: Intake
) -> None:
    call = (await door.accept(on_the_phone(Kind.BEGIN, "0"))).conversation_id
    await due(sessions, call, "Mai sunteți?")
    async with transaction(sessions) as session:
        await outbox.line_is_dead(session, call)
    async with sessions() as session:
        said: Any = await session.scalar(select(OutboundMessage))
    assert (said.status, said.failure) == (Status.FAILED, "call over")
