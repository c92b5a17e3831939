"""The outbox to the provider: in order, once, and not lost before it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
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
from handoff.conversations.bell import Bell
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


async def say(sessions: Sessions, *drafts: Draft, channel: str = "telegram") -> None:
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel=channel,
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
