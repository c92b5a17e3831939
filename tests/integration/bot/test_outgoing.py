"""The outbox to the provider: in order, once, and not lost before it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing, DocumentFile, DocumentLink, DocumentRefused
from billing_backend.db import Sessions, transaction
from billing_backend.errors import NotFound
from bot import attachments
from bot.channels.message import Channel, Delivered, DeliveryFailed, File, Outbound
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
    buttons,
    open_conversation,
    outbox,
    ownership,
    write,
)
from handoff.conversations.bell import WAKE_DESK, Bell
from handoff.conversations.pacing import Lane, Pace
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


class Telegram:
    """Takes what it is given; the first calls may fail as told."""

    def __init__(self, *failures: DeliveryFailed) -> None:
        self.failures = list(failures)
        self.shown: list[str] = []
        self.files: list[File] = []

    async def send(self, message: Outbound) -> Delivered:
        if self.failures:
            raise self.failures.pop(0)
        self.shown.append(message.text)
        if message.file is not None:
            self.files.append(message.file)
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
INVOICE = UUID(int=123)


class Documents:
    """Billing as far as documents go; `refused` when it is not known who issues them."""

    def __init__(self, *, refused: bool = False) -> None:
        self.refused = refused
        self.links = 0

    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        if invoice_id != INVOICE:
            raise NotFound("invoice", invoice_id)
        if self.refused:
            return DocumentRefused("no_company")
        return DocumentFile("factura-DT-2026-000123.pdf", "application/pdf", b"%PDF-")

    async def document_link(
        self, session: AsyncSession, invoice_id: UUID, *, now: datetime
    ) -> DocumentLink:
        self.links += 1
        url = f"https://billing.example.com/documents/token{self.links}"
        return DocumentLink("DT-2026-000123", url, now + timedelta(hours=72))


def sending(
    sessions: Sessions,
    bell: Bell,
    telegram: Telegram,
    words: Words,
    documents: Documents | None = None,
) -> Sending:
    billing = cast(Billing, documents or Documents())
    wording = Wording(cast(Texts, words), VAULT, FixedClock(NOW), billing)
    return Sending(sessions, bell, wording, {Channel.TELEGRAM: telegram, Channel.SMS: telegram})


async def say(
    sessions: Sessions, *drafts: Draft, channel: str = "telegram", address: str = "4001"
) -> None:
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel=channel,
            address=address,
            sender=address,
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
    """Let postponed messages be due now, and pauses be over."""
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE outbound_message SET not_before = NULL"))
        await session.execute(text("UPDATE send_pace SET paused_until = NULL"))


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


def invoice(invoice_id: UUID = INVOICE) -> Draft:
    return attachments.draft(invoice_id, "DT-2026-000123", "2026-11-27T10:00:00+00:00")


async def test_on_telegram_an_invoice_is_a_file(sessions: Sessions, database_url: str) -> None:
    telegram, documents = Telegram(), Documents()
    await say(sessions, Draft(text="Factura din noiembrie: 112,49 lei"), invoice())
    await sending(sessions, Bell(database_url), telegram, Words(), documents).deliver_due()
    assert telegram.shown == ["Factura din noiembrie: 112,49 lei", "Factura DT-2026-000123"]
    [file] = telegram.files
    assert (file.name, file.mime, file.content) == (
        "factura-DT-2026-000123.pdf",
        "application/pdf",
        b"%PDF-",
    )


async def test_by_sms_an_invoice_is_a_link_that_is_kept_nowhere(
    sessions: Sessions, database_url: str
) -> None:
    phone = Telegram()
    await say(sessions, invoice(), channel="sms")
    await sending(sessions, Bell(database_url), phone, Words()).deliver_due()
    [shown] = phone.shown
    assert "DT-2026-000123: https://billing.example.com/documents/token1" in shown
    assert "vin 27 nov, ora 12:00" in shown
    assert phone.files == []
    async with sessions() as session:
        [kept] = await session.scalars(select(OutboundMessage))
    assert "token" not in f"{kept.text} {kept.parts} {kept.options}"


async def test_a_file_that_was_not_taken_is_sent_again_whole(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram(DeliveryFailed("rate_limited", retry_after=1))
    await say(sessions, invoice())
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    await deliver.deliver_due()
    assert telegram.files == []
    await at_once(sessions)
    await deliver.deliver_due()
    assert len(telegram.files) == 1
    assert await states(sessions) == [Status.SENT]


async def test_a_file_that_may_have_been_taken_is_not_sent_again(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram(DeliveryFailed("timeout", uncertain=True))
    await say(sessions, invoice())
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    await deliver.deliver_due()
    await at_once(sessions)
    assert await deliver.deliver_due() == 0
    assert telegram.files == []
    assert await states(sessions) == [Status.UNKNOWN]


async def test_an_invoice_is_not_sent_once_somebody_else_speaks(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram()
    await say(sessions, invoice())
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        ownership.to_queue(conversation)
    await sending(sessions, Bell(database_url), telegram, Words()).deliver_due()
    assert telegram.files == []
    assert await states(sessions) == [Status.DROPPED]


@pytest.mark.parametrize(
    ("documents", "invoice_id"), [(Documents(refused=True), INVOICE), (Documents(), UUID(int=9))]
)
async def test_a_document_that_is_not_there_is_seen_as_failed(
    sessions: Sessions, database_url: str, documents: Documents, invoice_id: UUID
) -> None:
    telegram = Telegram()
    await say(sessions, invoice(invoice_id), Draft(text="altceva"))
    await sending(sessions, Bell(database_url), telegram, Words(), documents).deliver_due()
    assert telegram.shown == ["altceva"]
    assert await states(sessions) == [Status.FAILED, Status.SENT]


async def test_a_file_does_not_stand_between_a_question_and_its_answer(
    sessions: Sessions, database_url: str
) -> None:
    """ "1" still means the first choice, and "say that again" the words."""
    question = Draft(text="Doriți oferta?", choices=[("Da", "/affirm"), ("Nu", "/deny")])
    await say(sessions, question, invoice())
    await sending(sessions, Bell(database_url), Telegram(), Words()).deliver_due()
    async with sessions() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        chosen = await buttons.numbered(session, conversation.id, 1)
        last = await outbox.last_words(session, conversation.id)
    assert chosen is not None
    assert chosen.payload == "/affirm"
    assert last is not None
    assert last.text == "Doriți oferta?"


class Slow(Telegram):
    """One chat's messages hang until they are let go; the others are shown."""

    def __init__(self, chat: str) -> None:
        super().__init__()
        self.chat = chat
        self.hangs = asyncio.Event()
        self.let_go = asyncio.Event()
        self.all_shown = asyncio.Event()

    async def send(self, message: Outbound) -> Delivered:
        if message.address == self.chat:
            self.hangs.set()
            await self.let_go.wait()
        delivered = await super().send(message)
        if len(self.shown) == 50:
            self.all_shown.set()
        return delivered


async def test_one_chat_that_hangs_holds_up_nobody_else(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Slow("4001")
    await say(sessions, Draft(text="unu"), Draft(text="doi"))
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    running = asyncio.create_task(deliver.run())
    await asyncio.wait_for(telegram.hangs.wait(), 10)
    for number in range(50):
        await say(sessions, Draft(text="alții"), address=str(5000 + number))
    await asyncio.wait_for(telegram.all_shown.wait(), 20)
    assert set(telegram.shown) == {"alții"}, "and its second message waits behind the first"
    telegram.let_go.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "unu" in telegram.shown, "what is under way is finished"


async def test_a_channel_whose_provider_hangs_holds_up_no_other(
    sessions: Sessions, database_url: str
) -> None:
    let_go = asyncio.Event()

    class Hanging(Telegram):
        async def send(self, message: Outbound) -> Delivered:
            await let_go.wait()
            return await super().send(message)

    phone = Slow("nobody")
    for number in range(20):  # more than there are senders
        await say(sessions, Draft(text="da"), address=str(5000 + number))
    for number in range(50):
        await say(sessions, Draft(text="da"), channel="sms", address=f"+4070020{number:04d}")
    wording = Wording(cast(Texts, Words()), VAULT, FixedClock(NOW), cast(Billing, Documents()))
    senders = {Channel.TELEGRAM: Hanging(), Channel.SMS: phone}
    running = asyncio.create_task(Sending(sessions, Bell(database_url), wording, senders).run())
    await asyncio.wait_for(phone.all_shown.wait(), 20)
    let_go.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_too_many_requests_slow_the_chat_down_and_not_only_the_message(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram(DeliveryFailed("rate_limited", retry_after=60))
    await say(sessions, Draft(text="unu"))
    deliver = sending(sessions, Bell(database_url), telegram, Words())
    await deliver.deliver_due()
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE outbound_message SET not_before = NULL"))
    await say(sessions, Draft(text="alt chat"), address="4002")
    await deliver.deliver_due()
    assert telegram.shown == ["alt chat"]
    await at_once(sessions)
    await deliver.deliver_due()
    assert telegram.shown == ["alt chat", "unu"]


@pytest.mark.parametrize(
    ("reason", "closed"),
    [("blocked", "unreachable_at"), ("opted_out", "opted_out_at"), ("rejected", None)],
)
async def test_what_is_refused_for_good_closes_the_chat(
    sessions: Sessions, database_url: str, reason: str, closed: str | None
) -> None:
    telegram = Telegram(DeliveryFailed(reason, permanent=True))
    await say(sessions, Draft(text="unu"))
    await sending(sessions, Bell(database_url), telegram, Words()).deliver_due()
    assert await states(sessions) == [Status.FAILED]
    async with sessions() as session:
        conversation = await session.scalar(select(Conversation))
    assert conversation is not None
    found = [name for name in ("unreachable_at", "opted_out_at") if getattr(conversation, name)]
    assert found == ([closed] if closed else [])


async def test_a_code_whose_minutes_are_over_is_not_sent_with_dots_in_its_place(
    sessions: Sessions, database_url: str
) -> None:
    telegram = Telegram()
    code = Part("utter_sms_code", {"code": {"secret": str(UUID(int=5))}})
    await say(sessions, Draft(parts=[code]), channel="sms", address="+40700200001")
    await sending(sessions, Bell(database_url), telegram, Words()).deliver_due()
    assert telegram.shown == []
    async with sessions() as session:
        message = await session.scalar(select(OutboundMessage))
    assert message is not None
    assert (message.status, message.failure) == (Status.FAILED, "expired")


async def test_the_answer_goes_out_from_the_number_that_was_written_to(
    sessions: Sessions, database_url: str
) -> None:
    class Phone(Telegram):
        async def send(self, message: Outbound) -> Delivered:
            self.shown.append(f"{message.line} {message.id is not None}")
            return Delivered("SM1", segments=3)

    phone = Phone()
    await say(sessions, Draft(text="unu"), channel="sms", address="+40700200001")
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE conversation SET line = '+40312345679'"))
    await sending(sessions, Bell(database_url), phone, Words()).deliver_due()
    assert phone.shown == ["+40312345679 True"]
    async with sessions() as session:
        assert await session.scalar(select(OutboundMessage.segments)) == 3


@pytest.mark.parametrize(
    "failure",
    [DeliveryFailed("blocked", permanent=True), DeliveryFailed("timeout", uncertain=True)],
)
async def test_the_desk_is_told_at_once_what_did_not_arrive(
    sessions: Sessions, database_url: str, failure: DeliveryFailed
) -> None:
    await say(sessions, Draft(text="unu"))
    bell = Bell(database_url)
    listening = asyncio.create_task(bell.run())
    with bell.ear(WAKE_DESK) as ear:
        # It rings once when the line is up; the ring that counts comes after it.
        assert await ear.heard(within=10)
        await sending(sessions, bell, Telegram(failure), Words()).deliver_due()
        assert await ear.heard(within=10)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_parts_and_deliveries_are_counted(sessions: Sessions, database_url: str) -> None:
    class Phone(Telegram):
        async def send(self, message: Outbound) -> Delivered:
            return replace(await super().send(message), segments=3)

    def counts() -> tuple[float, float]:
        sent = {"channel": "sms", "result": "sent"}
        return (
            REGISTRY.get_sample_value("limpede_segments_total", {"channel": "sms"}) or 0,
            REGISTRY.get_sample_value("limpede_deliveries_total", sent) or 0,
        )

    before = counts()
    await say(sessions, Draft(text="unu"), channel="sms", address="+40700200001")
    await sending(sessions, Bell(database_url), Phone(), Words()).deliver_due()
    assert counts() == (before[0] + 3, before[1] + 1)


async def test_a_long_sms_makes_the_next_one_wait_for_all_its_parts(
    sessions: Sessions, database_url: str
) -> None:
    class Phone(Telegram):
        async def send(self, message: Outbound) -> Delivered:
            return replace(await super().send(message), segments=5)

    phone, lane = Phone(), Lane(Channel.SMS, Pace(every=60, burst=2))
    for number in range(2):
        await say(sessions, Draft(text="da"), channel="sms", address=f"+4070020000{number}")
    wording = Wording(cast(Texts, Words()), VAULT, FixedClock(NOW), cast(Billing, Documents()))
    deliver = Sending(sessions, Bell(database_url), wording, {Channel.SMS: phone}, [lane])

    assert await deliver.deliver_due(at_most=1) == 1, "two may go at once, but this one had five"


async def test_a_delivery_that_lasts_is_still_ours(
    sessions: Sessions, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or somebody else would call it unknown while the provider still has it."""
    monkeypatch.setattr("bot.outgoing._RENEW_SECONDS", 0.01)
    claimed, renewed = "SELECT claimed_at FROM outbound_message", asyncio.Event()

    class Patient(Telegram):
        async def send(self, message: Outbound) -> Delivered:
            async with sessions() as session:
                before = await session.scalar(text(claimed))
            while not renewed.is_set():
                async with sessions() as session:
                    if await session.scalar(text(claimed)) != before:
                        renewed.set()
            return await super().send(message)

    await say(sessions, Draft(text="unu"))
    deliver = sending(sessions, Bell(database_url), Patient(), Words())
    await asyncio.wait_for(deliver.deliver_due(), 20)
    assert await states(sessions) == [Status.SENT]
