"""Is a button pressed once, a block a block, and a file kept where it is?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction
from bot.channels.message import Channel, Inbound, Kind, Media, Pressed, Receipt, Use
from bot.intake import Intake
from bot.outgoing import Wording
from bot.texts import Texts
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Vault,
    history,
    inbox,
    write,
)
from handoff.conversations.bell import Bell

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANA = "700100201"


class Telegram:
    """Ana's chat, and the door behind it."""

    def __init__(self, sessions: Sessions, database_url: str) -> None:
        self.sessions = sessions
        self.clock = FixedClock(NOON)
        vault = Vault(Fernet.generate_key())
        texts = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
        wording = Wording(texts, vault, self.clock, cast(Billing, None))
        self.intake = Intake(sessions, self.clock, vault, Bell(database_url), wording)

    async def does(self, kind: Kind, text: str = "", **more: Any) -> Receipt:
        inbound = Inbound(
            channel=Channel.TELEGRAM,
            address=ANA,
            provider_message_id=uuid4().hex,
            kind=kind,
            sender=ANA,
            text=text,
        )
        return await self.intake.accept(replace(inbound, **more))

    async def is_asked(self, conversation_id: UUID) -> dict[str, str]:
        """A yes-or-no question; its buttons' tokens by title."""
        async with transaction(self.sessions) as session:
            conversation = await session.get_one(Conversation, conversation_id)
            message_id = await write(
                session,
                conversation,
                Draft(text="Doriți?", choices=[("Da", "/affirm"), ("Nu", "/deny")]),
                author=Author.BOT,
                now=NOON,
            )
            shown = (await session.get_one(OutboundMessage, message_id)).buttons
            return {button["title"]: button["token"] for button in shown}

    async def waiting(self) -> list[str]:
        """What gets a turn, by kind."""
        async with transaction(self.sessions) as session:
            rows = await session.scalars(
                select(InboundMessage)
                .where(InboundMessage.handled_at.is_(None))
                .order_by(InboundMessage.position)
            )
            return [row.kind for row in rows]

    async def conversation(self) -> Conversation:
        """The newest."""
        async with transaction(self.sessions) as session:
            found = await session.scalar(
                select(Conversation).order_by(Conversation.created_at.desc()).limit(1)
            )
            assert found is not None
            return found

    async def block_has_its_turn(self) -> None:
        """As the turn of a hang-up does it."""
        async with transaction(self.sessions) as session:
            [claim] = await inbox.claim_turns(session, lease=timedelta(seconds=45), at_most=1)
            conversation = await inbox.holds(session, claim)
            assert conversation is not None
            conversation.closed_at = self.clock.now()
            await inbox.finish_turn(session, claim, outcome="ignored", now=self.clock.now())


@pytest.fixture
def telegram(sessions: Sessions, database_url: str) -> Telegram:
    return Telegram(sessions, database_url)


async def test_the_first_press_counts_and_no_other_of_that_message(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    tokens = await telegram.is_asked(begun.conversation_id)

    first = await telegram.does(Kind.BUTTON, tokens["Da"])
    again = await telegram.does(Kind.BUTTON, tokens["Da"])
    other = await telegram.does(Kind.BUTTON, tokens["Nu"])

    assert first.pressed == Pressed(Use.COUNTS, "ro", "Da")
    assert [each.pressed and each.pressed.use for each in (again, other)] == [Use.USED, Use.USED]
    assert await telegram.waiting() == ["text", "button"], "only the first press gets a turn"


async def test_of_two_presses_at_once_one_counts(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    tokens = await telegram.is_asked(begun.conversation_id)

    presses = await asyncio.gather(
        *(telegram.does(Kind.BUTTON, tokens[title]) for title in ("Da", "Nu") * 4)
    )

    uses = [press.pressed.use for press in presses if press.pressed]
    assert sorted(uses) == sorted([Use.COUNTS] + [Use.USED] * 7)
    assert await telegram.waiting() == ["text", "button"]


async def test_a_repeated_delivery_of_a_press_changes_nothing(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    token = (await telegram.is_asked(begun.conversation_id))["Da"]
    first = await telegram.does(Kind.BUTTON, token, provider_message_id="button:1")
    again = await telegram.does(Kind.BUTTON, token, provider_message_id="button:1")

    assert (again.repeated, again.pressed) == (True, None)
    assert again.message_id == first.message_id
    assert await telegram.waiting() == ["text", "button"]


async def test_the_buttons_of_another_message_still_count(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    old = await telegram.is_asked(begun.conversation_id)
    new = await telegram.is_asked(begun.conversation_id)
    await telegram.does(Kind.BUTTON, new["Nu"])

    press = await telegram.does(Kind.BUTTON, old["Da"])

    assert press.pressed is not None
    assert press.pressed.use is Use.COUNTS


async def test_a_button_of_somebody_else_or_of_nobody_does_nothing(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    token = (await telegram.is_asked(begun.conversation_id))["Da"]

    foreign = await telegram.does(Kind.BUTTON, token, address="42", sender="42")
    unknown = await telegram.does(Kind.BUTTON, "oldoldol")

    assert [each.pressed and each.pressed.use for each in (foreign, unknown)] == [
        Use.UNKNOWN,
        Use.UNKNOWN,
    ]
    assert await telegram.waiting() == ["text"]
    mine = await telegram.does(Kind.BUTTON, token)
    assert mine.pressed is not None
    assert mine.pressed.use is Use.COUNTS, "it was not used up by somebody else"


async def test_an_agent_reads_what_was_pressed_and_not_its_token(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    token = (await telegram.is_asked(begun.conversation_id))["Da"]
    await telegram.does(Kind.BUTTON, token)
    await telegram.does(Kind.BUTTON, "oldoldol")

    async with transaction(telegram.sessions) as session:
        lines = await history(session, begun.conversation_id)
    assert [line.text for line in lines if line.kind == "button"] == ["Da", ""]


async def test_who_blocked_the_bot_and_lets_it_in_goes_on_where_they_were(
    telegram: Telegram,
) -> None:
    before = await telegram.does(Kind.TEXT, "bună")
    async with transaction(telegram.sessions) as session:
        await inbox.set_aside(session, before.message_id, now=NOON)
    await telegram.does(Kind.HANGUP)
    await telegram.block_has_its_turn()
    assert (await telegram.conversation()).closed_at is not None

    await telegram.does(Kind.RETURN)

    conversation = await telegram.conversation()
    assert (conversation.id, conversation.closed_at) == (before.conversation_id, None)
    assert await telegram.waiting() == []
    assert (await telegram.does(Kind.BEGIN)).conversation_id == before.conversation_id


async def test_a_block_that_is_taken_back_at_once_ends_nothing(telegram: Telegram) -> None:
    begun = await telegram.does(Kind.TEXT, "bună")
    await telegram.does(Kind.HANGUP)
    await telegram.does(Kind.RETURN)

    assert await telegram.waiting() == ["text"]
    assert (await telegram.does(Kind.TEXT, "mai sunteți?")).conversation_id == (
        begun.conversation_id
    )


async def test_who_lets_the_bot_in_without_having_talked_has_one_conversation(
    telegram: Telegram,
) -> None:
    await telegram.does(Kind.RETURN)
    await telegram.does(Kind.BEGIN)
    async with transaction(telegram.sessions) as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1


async def test_of_a_file_its_place_at_telegram_is_kept(telegram: Telegram) -> None:
    photo = Media("AgACAgQ", "image/jpeg", 98411)
    await telegram.does(Kind.MEDIA, "photo", media=(photo,), caption="cardul 4111 1111 1111 1111")
    sent = await telegram.does(Kind.MEDIA, "location", place="44.426800,26.102500")

    async with transaction(telegram.sessions) as session:
        first, second = await history(session, sent.conversation_id)
    [kept] = first.media
    assert kept == {"reference": "AgACAgQ", "mime": "image/jpeg", "size": 98411}
    assert (first.sent, second.sent, second.place) == ("photo", "location", "44.426800,26.102500")
    assert first.text is not None
    assert "4111" not in first.text, "captions are masked like all words"
