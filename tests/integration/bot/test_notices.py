"""Does a notice reach the customer where they write to us, once, and not against their will?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from billing_backend import notices as billing_notices
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Account, Contact, Customer
from billing_backend.db import Sessions, transaction
from billing_backend.identity.models import IdentificationRow
from billing_backend.money import Money
from billing_backend.notices import NewNotice
from billing_backend.notices.models import NoticeRow
from billing_backend.notices.rules import topic_of
from billing_backend.policy import Policy
from bot import told
from bot.actions import replay
from bot.channels.message import Channel, Inbound, Kind
from bot.intake import Intake
from bot.notices import _WORDS, Notices
from bot.outgoing import Wording
from bot.texts import Texts
from bot.told import Told
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Vault,
    write,
)
from handoff.conversations.bell import Bell
from handoff.conversations.reach import close_address

ROOT = Path(__file__).parents[3]
POLICY = Policy()
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
ANA = UUID(int=1)
PHONE = "+40700200001"
_ABOUT_ONE_INVOICE = (
    "invoice_issued",
    "invoice_covered",
    "due_soon",
    "reminder_1",
    "reminder_2",
    "service_suspended",
)
TEXTS = Texts(ROOT / "data" / "responses", zone=POLICY.zone)


class Telling:
    """Ana, her conversations, and the job that tells."""

    def __init__(self, sessions: Sessions, database_url: str) -> None:
        self.sessions = sessions
        self.clock = FixedClock(NOON)
        vault = Vault(Fernet.generate_key())
        billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
        wording = Wording(TEXTS, vault, self.clock, billing)
        self.intake = Intake(sessions, self.clock, vault, Bell(database_url), wording)
        self.notices = Notices(sessions, billing, self.clock)

    async def says(
        self, channel: Channel, text: str = "bună", kind: Kind = Kind.TEXT, address: str = PHONE
    ) -> UUID:
        receipt = await self.intake.accept(
            Inbound(
                channel=channel,
                address=address,
                provider_message_id=uuid4().hex,
                kind=kind,
                sender=address,
                text=text,
                phone=address if channel is Channel.SMS else None,
            )
        )
        return receipt.conversation_id

    async def is_proved_in(self, conversation_id: UUID) -> None:
        async with transaction(self.sessions) as session:
            session.add(
                IdentificationRow(
                    conversation_id=conversation_id, customer_id=ANA, verified_at=NOON
                )
            )

    async def wants(self, channel: str) -> None:
        async with transaction(self.sessions) as session:
            await billing_notices.choose_channel(session, ANA, channel, stated_in="sms", now=NOON)

    async def owed(self, key: str = "k") -> None:
        values = {
            "amount": billing_notices.money(Money(7_260)),
            "invoice": "DT-2026-000001",
            "due": billing_notices.day(date(2026, 11, 20)),
        }
        async with transaction(self.sessions) as session:
            notice = NewNotice(ANA, "reminder_1", key, values)
            await billing_notices.write(session, notice, now=self.clock.now())

    async def told(self) -> list[tuple[str, str]]:
        """(channel, words) of what is in the outbox."""
        await self.notices.tell_due()
        async with transaction(self.sessions) as session:
            rows = await session.execute(
                select(OutboundMessage, Conversation)
                .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
                .order_by(OutboundMessage.position)
            )
            return [
                (row.channel, TEXTS.join(row.parts, conversation.language, row.channel).text)
                for row, conversation in rows
            ]

    async def outcome(self) -> str | None:
        async with transaction(self.sessions) as session:
            return (await session.scalars(select(NoticeRow))).one().outcome


@pytest.fixture
async def ana(sessions: Sessions, database_url: str) -> Telling:
    async with transaction(sessions) as session:
        session.add(
            Customer(
                id=ANA,
                number="12040010",
                name="Ana Dumitrescu",
                first_name="Ana",
                language="ro",
                since=date(2020, 1, 1),
            )
        )
        await session.flush()
        session.add(
            Account(
                id=ANA, customer_id=ANA, currency="RON", billing_day=1, opened_on=date(2020, 1, 1)
            )
        )
        session.add(Contact(customer_id=ANA, kind="phone", value=PHONE, position=0))
    return Telling(sessions, database_url)


async def test_a_notice_is_told_once_where_the_customer_writes(ana: Telling) -> None:
    await ana.says(Channel.SMS)
    await ana.owed()

    [(channel, words)] = await ana.told()

    assert channel == "sms"
    assert "DT-2026-000001 nu este plătită: 72,60 lei" in words
    assert len(await ana.told()) == 1
    assert await ana.outcome() == "told"


async def test_the_channel_that_was_used_last_is_taken(ana: Telling) -> None:
    await ana.says(Channel.SMS)
    telegram = await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.is_proved_in(telegram)
    await ana.owed()

    assert [channel for channel, _ in await ana.told()] == ["telegram"]
    await ana.says(Channel.SMS)
    await ana.owed("k2")
    assert [channel for channel, _ in await ana.told()] == ["telegram", "sms"]


async def test_the_channel_that_was_chosen_is_taken_though_another_was_used_last(
    ana: Telling,
) -> None:
    chat = await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.is_proved_in(chat)
    await ana.says(Channel.SMS)
    await ana.wants("telegram")
    await ana.owed()

    assert [channel for channel, _ in await ana.told()] == ["telegram"]


@pytest.mark.parametrize("how", ["stopped", "closed"])
async def test_where_nothing_may_be_told_any_more_the_other_channel_is_taken(
    ana: Telling, how: str
) -> None:
    chat = await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.is_proved_in(chat)
    await ana.says(Channel.SMS)
    await ana.wants("telegram")
    async with transaction(ana.sessions) as session:
        conversation = await session.get_one(Conversation, chat)
        if how == "stopped":
            conversation.opted_out_at = NOON
        else:
            conversation.closed_at = NOON
    await ana.owed()

    assert [channel for channel, _ in await ana.told()] == ["sms"]


async def test_it_speaks_the_language_on_file_until_the_customer_speaks_another(
    ana: Telling,
) -> None:
    await ana.says(Channel.SMS)
    async with transaction(ana.sessions) as session:
        (await session.get_one(Customer, ANA)).language = "en"
    await ana.owed()
    [(_, words)] = await ana.told()
    assert words.startswith("Bill DT-2026-000001")

    async with transaction(ana.sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        conversation.language, conversation.language_source = "ro", "chosen"
    await ana.owed("k2")
    assert (await ana.told())[-1][1].startswith("Factura DT-2026-000001")


async def test_what_was_told_is_what_a_short_answer_is_about(ana: Telling) -> None:
    where = await ana.says(Channel.SMS)
    async with transaction(ana.sessions) as session:
        conversation = await session.get_one(Conversation, where)
        conversation.dialogue = {"account": {"customer": "1"}}
    await ana.owed()
    await ana.told()

    async with transaction(ana.sessions) as session:
        conversation = await session.get_one(Conversation, where)
    assert told.of(conversation, now=NOON) == Told("reminder_1", invoice="DT-2026-000001")
    assert "account" in conversation.dialogue


async def test_what_is_not_wanted_is_not_told(ana: Telling) -> None:
    await ana.says(Channel.SMS)
    async with transaction(ana.sessions) as session:
        await billing_notices.choose(
            session, ANA, topic="overdue", wanted=False, stated_in="sms", now=NOON
        )
    await ana.owed()

    assert await ana.told() == []
    assert await ana.outcome() == "unwanted"


async def test_a_chat_in_which_nobody_proved_anything_is_told_nothing(ana: Telling) -> None:
    await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.owed()

    assert await ana.told() == []
    assert await ana.outcome() == "nowhere"


async def test_who_never_wrote_is_not_written_to(ana: Telling) -> None:
    await ana.owed()

    assert await ana.told() == []
    assert await ana.outcome() == "nowhere"


async def test_nobody_is_rung_up_with_a_notice(ana: Telling) -> None:
    call = await ana.says(Channel.VOICE, address="CA1")
    await ana.is_proved_in(call)
    await ana.owed()

    assert await ana.told() == []


@pytest.mark.parametrize("again", [Kind.BEGIN, Kind.COMMAND])
async def test_stop_ends_notices_and_start_brings_them_back(ana: Telling, again: Kind) -> None:
    await ana.says(Channel.SMS)
    await ana.says(Channel.SMS, "stop", Kind.COMMAND)
    await ana.owed()
    assert await ana.told() == []

    await ana.says(Channel.SMS, "start", again)
    await ana.owed("k2")
    assert len(await ana.told()) == 1


async def test_where_nothing_arrives_another_channel_is_taken_until_they_write_again(
    ana: Telling,
) -> None:
    telegram = await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.is_proved_in(telegram)
    sms = await ana.says(Channel.SMS)
    async with transaction(ana.sessions) as session:
        await close_address(session, sms, "landline", now=NOON)
    await ana.owed()
    assert [channel for channel, _ in await ana.told()] == ["telegram"]

    await ana.says(Channel.SMS)
    await ana.owed("k2")
    assert [channel for channel, _ in await ana.told()] == ["telegram", "sms"]


async def test_at_night_it_waits_for_the_morning(ana: Telling) -> None:
    await ana.says(Channel.SMS)
    ana.clock.moment = NOON + timedelta(hours=10)
    await ana.owed()
    assert await ana.told() == []

    ana.clock.moment += timedelta(hours=10)
    assert len(await ana.told()) == 1


# --- what did not arrive is told elsewhere ---


@dataclass
class Reached:
    """Ana, who is proved in a Telegram chat, her chosen channel, and writes by SMS as well."""

    ana: Telling
    chat: UUID
    sms: UUID

    async def fails(self, reason: str = "blocked", *, where: UUID | None = None) -> None:
        """What was sent there did not arrive."""
        async with transaction(self.ana.sessions) as session:
            await session.execute(
                update(OutboundMessage)
                .where(OutboundMessage.conversation_id == (where or self.chat))
                .values(status="failed", failure=reason)
            )

    async def ends_up(self, status: str) -> None:
        async with transaction(self.ana.sessions) as session:
            await session.execute(update(OutboundMessage).values(status=status))

    async def undelivered(self) -> list[str]:
        """The channels of what somebody at the desk has to look after."""
        async with transaction(self.ana.sessions) as session:
            rows = await session.scalars(
                select(OutboundMessage.channel).where(
                    OutboundMessage.status == "failed", OutboundMessage.attended_at.is_(None)
                )
            )
            return list(rows)


@pytest.fixture
async def reached(ana: Telling) -> Reached:
    chat = await ana.says(Channel.TELEGRAM, address="700000001")
    await ana.is_proved_in(chat)
    sms = await ana.says(Channel.SMS)
    await ana.wants("telegram")
    await ana.owed()
    assert [channel for channel, _ in await ana.told()] == ["telegram"]
    return Reached(ana, chat, sms)


@pytest.mark.parametrize("reason", ["blocked", "invalid_address", "rejected", "unreachable"])
async def test_a_notice_that_did_not_arrive_is_told_on_the_other_channel_once(
    reached: Reached, reason: str
) -> None:
    await reached.fails(reason)

    for _ in range(3):
        told_now = await reached.ana.told()

    assert [channel for channel, _ in told_now] == ["telegram", "sms"]
    assert "DT-2026-000001" in told_now[-1][1]
    assert await reached.ana.outcome() == "told"
    assert await reached.undelivered() == []
    async with transaction(reached.ana.sessions) as session:
        by_sms = await session.get_one(Conversation, reached.sms)
    assert told.of(by_sms, now=NOON) == Told("reminder_1", invoice="DT-2026-000001")


@pytest.mark.parametrize("status", ["unknown", "sent", "delivered", "queued"])
async def test_a_notice_that_may_have_arrived_is_not_told_twice(
    reached: Reached, status: str
) -> None:
    await reached.ends_up(status)

    assert len(await reached.ana.told()) == 1


async def test_a_notice_that_arrives_nowhere_is_told_nowhere_and_stays_at_the_desk(
    reached: Reached,
) -> None:
    await reached.fails()
    await reached.ana.told()
    await reached.fails("landline", where=reached.sms)

    assert [channel for channel, _ in await reached.ana.told()] == ["telegram", "sms"]
    assert await reached.ana.outcome() == "nowhere"
    assert await reached.undelivered() == ["sms"]


async def test_what_did_not_arrive_waits_for_the_morning_too(reached: Reached) -> None:
    await reached.fails()
    reached.ana.clock.moment = NOON + timedelta(hours=10)
    assert len(await reached.ana.told()) == 1

    reached.ana.clock.moment += timedelta(hours=10)
    assert [channel for channel, _ in await reached.ana.told()] == ["telegram", "sms"]


async def test_what_did_not_arrive_and_is_not_wanted_any_more_is_not_told_elsewhere(
    reached: Reached,
) -> None:
    async with transaction(reached.ana.sessions) as session:
        await billing_notices.choose(
            session, ANA, topic="overdue", wanted=False, stated_in="sms", now=NOON
        )
    await reached.fails()

    assert len(await reached.ana.told()) == 1
    assert await reached.ana.outcome() == "unwanted"


async def test_old_news_that_did_not_arrive_is_not_told_elsewhere(reached: Reached) -> None:
    await reached.fails()
    reached.ana.clock.moment = NOON + timedelta(days=2)

    assert len(await reached.ana.told()) == 1


async def test_an_answer_that_did_not_arrive_is_told_nowhere_else(reached: Reached) -> None:
    """Only notices are: what somebody asked they asked there."""
    async with transaction(reached.ana.sessions) as session:
        conversation = await session.get_one(Conversation, reached.sms)
        await write(session, conversation, Draft(text="45 lei"), author=Author.BOT, now=NOON)
    await reached.fails(where=reached.sms)

    assert len(await reached.ana.told()) == 2  # the notice and the answer


@pytest.mark.parametrize("kind", sorted(_WORDS))
@pytest.mark.parametrize("language", ["ro", "en"])
@pytest.mark.parametrize("channel", ["telegram", "sms"])
def test_every_kind_of_notice_has_words_for_the_values_that_billing_gives(
    kind: str, language: str, channel: str
) -> None:
    money, day = billing_notices.money(Money(1_000)), billing_notices.day(date(2026, 12, 1))
    values = _given(kind, money, day)

    words = TEXTS.say(_WORDS[kind], language, channel, values).text

    assert "{" not in words


@pytest.mark.parametrize("kind", sorted(set(_WORDS) - {"dispute_rejected"}))
@pytest.mark.parametrize("language", ["ro", "en"])
def test_by_sms_a_notice_is_no_longer_than_160_characters(kind: str, language: str) -> None:
    """A rejection carries its reason, in the agent's words: it takes what it takes."""
    money, day = billing_notices.money(Money(123_456)), billing_notices.day(date(2026, 9, 30))
    numbers = {
        "invoice": "DT-2026-000123",
        "number": "CT-2026-000123",
        "credit_note": "DTC-2026-000123",
    }
    given = _given(kind, money, day)
    values = {name: numbers.get(name, value) for name, value in given.items()}

    words = TEXTS.say(_WORDS[kind], language, "sms", values).text

    assert len(words) <= 160, f"{len(words)}: {words}"


@pytest.mark.parametrize("kind", sorted(_WORDS))
@pytest.mark.parametrize("language", ["ro", "en"])
def test_the_words_that_an_sms_asks_for_are_understood_after_it(kind: str, language: str) -> None:
    money, day = billing_notices.money(Money(1_000)), billing_notices.day(date(2026, 12, 1))
    values = _given(kind, money, day)
    conversation = Conversation(dialogue={}, expects=None)
    told.remember(conversation, kind, values, now=NOON)

    words = TEXTS.say(_WORDS[kind], language, "sms", values).text

    for asked in re.findall(r"(?:[Ss]crieți|[Ww]rite|sau|or) (DE CE|[A-ZĂÂÎȘȚ]{3,})\b", words):
        typed = InboundMessage(kind="text", text=asked, data={})
        assert told.answer(replay.met(conversation), typed, now=NOON) is not None, asked


def test_whoever_can_choose_kinds_of_notices_can_choose_all_that_are_told() -> None:
    service = {kind for kind in _WORDS if topic_of(kind) is None}
    assert service == {
        "suspension_notice",
        "service_suspended",
        "service_restored",
        "service_restored_with_fee",
    }


def _given(kind: str, money: dict[str, object], day: dict[str, object]) -> dict[str, object]:
    """What the rooms of billing put into a notice of this kind."""
    if kind.startswith("payment_received"):
        return {"amount": money, "due": money}
    if kind in _ABOUT_ONE_INVOICE:
        return {"amount": money, "invoice": "DT-1", "due": day}
    if kind == "suspension_notice":
        return {"amount": money, "invoice": "DT-1", "due": day, "suspends_on": day}
    if kind == "service_restored_with_fee":
        return {"fee": money}
    if kind.startswith(("extension", "instalment")):
        return {"amount": money, "due": day}
    if not kind.startswith("dispute"):
        return {}
    given = {"number": "CT-1", "invoice": "DT-1", "amount": money, "answer_by": day}
    if kind.startswith("dispute_upheld"):
        given |= {"credited": money, "credit_note": "DTC-1"}
    if kind in ("dispute_upheld_in_part", "dispute_rejected"):
        given |= {"due": day, "rest": money, "answer": "Nu."}
    return given
