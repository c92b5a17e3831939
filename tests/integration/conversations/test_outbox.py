"""Words go out in order, once, and only from whoever may speak."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Part,
    Status,
    Vault,
    buttons,
    history,
    open_conversation,
    outbox,
    ownership,
    write,
)

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
CHANNELS = ["telegram", "sms"]


@pytest.fixture
async def conversation(session: AsyncSession) -> Conversation:
    return await begun(session, "4001")


async def begun(session: AsyncSession, address: str) -> Conversation:
    return await open_conversation(
        session,
        channel="telegram",
        address=address,
        sender=address,
        phone=None,
        language_hint=None,
        now=NOW,
    )


async def say(
    session: AsyncSession, conversation: Conversation, words: str, author: Author = Author.BOT
) -> UUID | None:
    return await write(session, conversation, Draft(text=words), author=author, now=NOW)


async def claim(session: AsyncSession) -> OutboundMessage | None:
    return await outbox.claim_next(session, channels=CHANNELS)


async def test_messages_of_one_conversation_go_out_one_after_the_other(
    session: AsyncSession, conversation: Conversation
) -> None:
    await say(session, conversation, "unu")
    await say(session, conversation, "doi")
    first = await claim(session)
    assert first is not None
    assert first.text == "unu"
    assert await claim(session) is None, "the second waits until the first is out"
    await outbox.sent(session, first.id, provider_message_id="p1", now=NOW)
    second = await claim(session)
    assert second is not None
    assert second.text == "doi"


async def test_the_bots_late_words_are_dropped_after_a_person_took_over(
    session: AsyncSession, conversation: Conversation
) -> None:
    late = await say(session, conversation, "vă ofer 10 %")
    ownership.to_agent(conversation, uuid4())
    await session.flush()
    await say(session, conversation, "Bună ziua, sunt Maria.", Author.AGENT)
    claimed = await claim(session)
    assert claimed is not None
    assert claimed.author == Author.AGENT
    assert (await session.get_one(OutboundMessage, late)).status == Status.DROPPED
    assert [entry.text for entry in await history(session, conversation.id)] == [
        "Bună ziua, sunt Maria."
    ]


async def test_an_agents_words_are_never_lost_by_handing_back(
    session: AsyncSession, conversation: Conversation
) -> None:
    ownership.to_agent(conversation, uuid4())
    await session.flush()
    await say(session, conversation, "O zi bună!", Author.AGENT)
    ownership.to_bot(conversation)
    await session.flush()
    claimed = await claim(session)
    assert claimed is not None
    assert claimed.text == "O zi bună!"


async def test_a_key_writes_the_same_words_once(
    session: AsyncSession, conversation: Conversation
) -> None:
    draft = Draft(text="Factura a fost emisă.")
    first = await write(session, conversation, draft, author=Author.NOTICE, key="n1", now=NOW)
    again = await write(session, conversation, draft, author=Author.NOTICE, key="n1", now=NOW)
    assert first is not None
    assert again is None


async def test_a_vanished_senders_message_is_unknown_and_the_next_one_goes(
    session: AsyncSession, conversation: Conversation
) -> None:
    await say(session, conversation, "unu")
    await say(session, conversation, "doi")
    first = await claim(session)
    assert first is not None
    await session.execute(
        text("UPDATE outbound_message SET claimed_at = clock_timestamp() - interval '1 hour'")
    )
    assert await outbox.give_up_on_vanished(session) == 1
    second = await claim(session)
    assert second is not None
    assert second.text == "doi"


async def test_a_retry_waits_until_it_is_due(
    session: AsyncSession, conversation: Conversation
) -> None:
    await say(session, conversation, "unu")
    message = await claim(session)
    assert message is not None
    await outbox.retry(session, message.id, delay=timedelta(hours=1), reason="rate_limited")
    assert await claim(session) is None
    await session.execute(text("UPDATE outbound_message SET not_before = clock_timestamp()"))
    again = await claim(session)
    assert again is not None
    assert (again.id, again.attempts) == (message.id, 2)


async def test_what_was_given_up_as_unknown_is_not_sent_after_later_words(
    session: AsyncSession, conversation: Conversation
) -> None:
    await say(session, conversation, "unu")
    await say(session, conversation, "doi")
    slow = await claim(session)
    assert slow is not None
    await session.execute(
        text("UPDATE outbound_message SET claimed_at = clock_timestamp() - interval '1 hour'")
    )
    await outbox.give_up_on_vanished(session)
    second = await claim(session)
    assert second is not None
    await outbox.retry(session, slow.id, delay=timedelta(0), reason="rate_limited")
    await session.refresh(slow)
    assert slow.status == Status.UNKNOWN


async def test_a_delivery_that_lasts_is_not_given_up(
    session: AsyncSession, conversation: Conversation
) -> None:
    await say(session, conversation, "unu")
    message = await claim(session)
    assert message is not None
    await session.execute(
        text("UPDATE outbound_message SET claimed_at = clock_timestamp() - interval '1 hour'")
    )
    await outbox.renew(session, message.id)
    assert await outbox.give_up_on_vanished(session) == 0


async def test_a_button_means_something_only_in_its_own_conversation(
    session: AsyncSession, conversation: Conversation
) -> None:
    choices = [("Da", "/affirm"), ("Nu", "/deny")]
    await write(
        session, conversation, Draft(text="Acceptați?", choices=choices), author=Author.BOT, now=NOW
    )
    message = await claim(session)
    assert message is not None
    token = message.buttons[0]["token"]
    assert "affirm" not in str(message.buttons)
    pressed = await buttons.pressed(session, conversation.id, token)
    assert pressed is not None
    assert pressed.payload == "/affirm"
    stranger = await begun(session, "666")
    assert await buttons.pressed(session, stranger.id, token) is None
    second = await buttons.numbered(session, conversation.id, 2)
    assert second is not None
    assert second.payload == "/deny"
    await say(session, conversation, "Altceva?")
    assert await buttons.numbered(session, conversation.id, 2) is None, "the choice is over"


async def test_a_secret_rests_sealed_and_only_for_minutes(
    session: AsyncSession, conversation: Conversation
) -> None:
    vault = Vault(Fernet.generate_key())
    reference = await vault.put(session, conversation.id, "482913")
    await session.flush()
    stored = await session.scalar(text("SELECT sealed FROM vaulted_secret"))
    assert b"482913" not in stored
    minutes = "SELECT extract(epoch FROM expires_at - clock_timestamp()) / 60 FROM vaulted_secret"
    assert 9 < await session.scalar(text(minutes)) <= 10
    assert await vault.resolve(session, reference) == "482913"
    await session.execute(
        text("UPDATE vaulted_secret SET expires_at = clock_timestamp() - interval '1 second'")
    )
    assert await vault.resolve(session, reference) is None


async def test_parts_are_kept_until_they_are_worded(
    session: AsyncSession, conversation: Conversation
) -> None:
    draft = Draft(parts=[Part("utter_trouble")])
    await write(session, conversation, draft, author=Author.QUEUE, now=NOW)
    message = await claim(session)
    assert message is not None
    assert message.parts == [{"response": "utter_trouble", "values": {}}]
