"""Handing out all that is kept of a customer, erasing it, and forgetting what is old."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import cast, func, literal_column, select, text
from sqlalchemy.types import Text

from billing_backend.audit.models import AuditEntry
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.customers.models import Contact, Customer
from billing_backend.db import Base, Sessions, transaction
from billing_backend.errors import NotFound
from billing_backend.identity.models import FailedTry, IdentificationRow, Pin
from billing_backend.invoices.models import Invoice
from billing_backend.jobs import found_demo
from billing_backend.policy import Policy
from handoff.conversations import Author, Draft, inbox, open_conversation, receive, write
from handoff.conversations.models import Conversation
from handoff.privacy import BeingAnswered
from handoff.queue import request_person
from limpede import privacy

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WORDS = "nu înțeleg de ce plătesc ananasul"


@pytest.fixture
async def company(sessions: Sessions) -> AsyncIterator[Sessions]:
    """The demo company, and Rasa's table as Rasa makes it."""
    async with transaction(sessions) as session:
        await session.execute(text("CREATE SCHEMA IF NOT EXISTS rasa"))
        await session.execute(
            text(
                "CREATE TABLE rasa.events (id serial PRIMARY KEY, sender_id varchar NOT NULL,"
                " type_name varchar NOT NULL, data text)"
            )
        )
        await found_demo(session, now=NOW, policy=Policy())
    yield sessions
    async with transaction(sessions) as session:
        await session.execute(text("DROP SCHEMA rasa CASCADE"))


class Cast:
    """Customers of the demo by first name."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def number(self, first_name: str) -> str:
        return (await self._one(first_name)).number

    async def phone(self, first_name: str) -> str:
        customer = await self._one(first_name)
        async with self._sessions() as session:
            phone = await session.scalar(
                select(Contact.value).where(
                    Contact.customer_id == customer.id, Contact.kind == "phone"
                )
            )
        assert phone is not None
        return phone

    async def writes(self, first_name: str, words: str, *, at: datetime = NOW) -> Conversation:
        """One message by SMS, an answer to it, and Rasa's memory of both."""
        phone = await self.phone(first_name)
        billing = BuiltInBilling(Policy(), code_key=b"a key of the tests")
        async with transaction(self._sessions) as session:
            conversation = await open_conversation(
                session, channel="sms", address=phone, sender=phone, phone=phone,
                language_hint="ro", now=at,
            )  # fmt: skip
            await receive(
                session, conversation, provider_message_id=f"SM{at.timestamp()}{first_name}",
                kind="text", text=words, data={}, now=at,
            )  # fmt: skip
            await billing.recognise(
                session, conversation.id, phone=phone, method="caller_number", now=at
            )
            await write(session, conversation, Draft(text="Bună ziua"), author=Author.BOT, now=at)
            event = json.dumps({"event": "user", "text": words})
            await session.execute(
                text(
                    "INSERT INTO rasa.events (sender_id, type_name, data) VALUES (:s, 'user', :d)"
                ),
                {"s": str(conversation.id), "d": event},
            )
        return conversation

    async def _one(self, first_name: str) -> Customer:
        async with self._sessions() as session:
            found = await session.scalar(
                select(Customer)
                .where(Customer.first_name == first_name, Customer.never_held_out)
                .order_by(Customer.number)
            )
        assert found is not None
        return found


@pytest.fixture
def cast_of(company: Sessions) -> Cast:
    return Cast(company)


async def test_the_export_has_all_that_hangs_from_the_customer_and_nothing_of_others(
    company: Sessions, cast_of: Cast
) -> None:
    number, other = await cast_of.number("Ana"), await cast_of.phone("Bogdan")
    await cast_of.writes("Ana", WORDS)
    await cast_of.writes("Bogdan", "nu sunt Ana")
    async with company() as session:
        found = await privacy.export(session, number, now=NOW)
        ana = await session.scalar(select(Customer).where(Customer.number == number))
        assert ana is not None
        invoices = await session.scalar(
            select(func.count())
            .select_from(Invoice)
            .where(Invoice.account_id.in_({row["id"] for row in found["billing"]["account"]}))
        )
    written = json.dumps(found, default=str, ensure_ascii=False)

    assert len(found["billing"]["invoice"]) == invoices
    assert {"contact", "subscription", "invoice_line", "payment", "journal_transfer"} <= set(
        found["billing"]
    )
    assert [row["text"] for row in found["conversations"]["inbound_message"]] == [WORDS]
    assert [event["text"] for event in found["dialogue_engine"]] == [WORDS]
    assert other not in written
    assert "nu sunt Ana" not in written


async def test_the_export_holds_no_hash_and_no_sealed_secret(
    company: Sessions, cast_of: Cast
) -> None:
    number = await cast_of.number("Ana")
    async with company() as session:
        found = await privacy.export(session, number, now=NOW)
        hashed = await session.scalar(
            select(Pin.hash).join(Customer).where(Customer.number == number)
        )
    assert found["billing"]["pin"]
    assert hashed is not None
    assert hashed not in json.dumps(found, default=str)


async def test_erasing_leaves_the_books_and_nothing_of_the_person_elsewhere(
    company: Sessions, cast_of: Cast
) -> None:
    number, phone = await cast_of.number("Ana"), await cast_of.phone("Ana")
    conversation = await cast_of.writes("Ana", WORDS)
    async with transaction(company) as session:
        await request_person(
            session,
            conversation.id,
            reason="asked",
            detail={},
            customer_id=None,
            before=[],
            now=NOW,
        )
        session.add(FailedTry(subject=f"customer {number}", address=phone, failed_at=NOW))
        invoices = await session.scalar(select(func.count()).select_from(Invoice))
    async with transaction(company) as session:
        erased = await privacy.erase(session, number, now=NOW)

    assert await _found_in(company, phone) == []
    assert await _found_in(company, WORDS) == []
    async with company() as session:
        assert await session.scalar(select(func.count()).select_from(Invoice)) == invoices
        done = await session.scalar(select(AuditEntry).where(AuditEntry.action == "privacy.erased"))
    assert erased.gone["contact"] >= 1
    assert erased.gone["support_case"] == 1
    assert erased.gone["rasa.events"] == 1
    assert erased.kept["invoice"] >= 1
    assert done is not None
    assert done.details["rows"] == erased.gone


async def test_erasing_one_leaves_another_untouched(company: Sessions, cast_of: Cast) -> None:
    await cast_of.writes("Bogdan", "nu sunt Ana")
    number = await cast_of.number("Ana")
    async with transaction(company) as session:
        await privacy.erase(session, number, now=NOW)
    assert await _found_in(company, "nu sunt Ana") == ["inbound_message", "rasa.events"]
    assert "contact" in await _found_in(company, await cast_of.phone("Bogdan"))


async def test_a_phone_of_two_customers_betrays_neither(company: Sessions, cast_of: Cast) -> None:
    """Whose words they were is not known: the conversation of a shared phone is nobody's."""
    number, phone = await cast_of.number("Ana"), await cast_of.phone("Ana")
    async with transaction(company) as session:
        bogdan = await session.scalar(
            select(Customer).where(Customer.number == await cast_of.number("Bogdan"))
        )
        assert bogdan is not None
        session.add(Contact(customer_id=bogdan.id, kind="phone", value=phone, position=9))
    await cast_of.writes("Ana", WORDS)
    async with company() as session:
        found = await privacy.export(session, number, now=NOW)
    assert found["conversations"] == {}


async def test_nothing_is_erased_while_a_message_is_being_answered(
    company: Sessions, cast_of: Cast
) -> None:
    await cast_of.writes("Ana", WORDS)
    number, phone = await cast_of.number("Ana"), await cast_of.phone("Ana")
    async with transaction(company) as session:
        await inbox.claim_turns(session, lease=timedelta(seconds=30), at_most=10)
    with pytest.raises(BeingAnswered):
        async with transaction(company) as session:
            await privacy.erase(session, number, now=NOW)
    assert "contact" in await _found_in(company, phone)


async def test_erasing_twice_says_that_nothing_was_left(company: Sessions, cast_of: Cast) -> None:
    number = await cast_of.number("Ana")
    for _ in range(2):
        async with transaction(company) as session:
            erased = await privacy.erase(session, number, now=NOW)
    assert erased.gone == {}


async def test_a_customer_number_that_nobody_has_is_not_found(company: Sessions) -> None:
    async with company() as session:
        with pytest.raises(NotFound):
            await privacy.export(session, "00000000", now=NOW)


@pytest.mark.parametrize(
    ("last_word", "kept"),
    [
        (datetime(2024, 11, 24, 9, 59, tzinfo=UTC), False),  # a minute more than 24 months ago
        (datetime(2024, 11, 24, 10, 1, tzinfo=UTC), True),
    ],
)
async def test_a_conversation_is_forgotten_when_nothing_was_said_for_24_months(
    company: Sessions, cast_of: Cast, last_word: datetime, kept: bool
) -> None:
    conversation = await cast_of.writes("Ana", WORDS, at=last_word)
    await cast_of.writes("Bogdan", "proaspăt")
    gone = await privacy.forget_old(company, FixedClock(NOW), "Europe/Bucharest", months=24)
    assert gone == (0 if kept else 1)
    left = ["inbound_message", "rasa.events"]
    assert await _found_in(company, WORDS) == (left if kept else [])
    assert await _found_in(company, "proaspăt") == left
    async with company() as session:
        known = await session.get(IdentificationRow, conversation.id)
    assert (known is not None) == kept


async def test_every_table_hangs_from_a_customer_or_a_conversation_or_is_no_persons(
    company: Sessions,
) -> None:
    """A new table must say by its foreign keys whose it is, or be listed here with its reason."""
    hanging = {"customer", "conversation"}
    for table in Base.metadata.sorted_tables:
        if any(link.column.table.name in hanging for link in table.foreign_keys):
            hanging.add(table.name)
    of_nobody = {
        *("product", "price", "promotion"),  # the catalogue
        *("number_series", "discount_budget", "queue_policy"),  # the company's own figures
        *("desk_agent", "desk_session", "desk_sign_in_tries", "agent_presence"),  # its staff
        "api_token",  # its programs
        *("idempotent_result", "payment_provider_event", "send_pace"),  # keys, amounts, paces
        *("audit_entry", "one_time_code", "failed_try"),  # found by subject and address
    }
    assert {table.name for table in Base.metadata.sorted_tables} == hanging | of_nobody
    assert not hanging & of_nobody


async def _found_in(sessions: Sessions, words: str) -> list[str]:
    """The tables that hold these words somewhere, whatever the column."""
    found = []
    async with sessions() as session:
        for table in Base.metadata.sorted_tables:
            whole = cast(literal_column(f'"{table.name}"'), Text)
            if await session.scalar(
                select(func.count()).select_from(table).where(whole.contains(words))
            ):
                found.append(table.name)
        in_rasa = text("SELECT count(*) FROM rasa.events WHERE data LIKE :words")
        escaped = json.dumps(words)[1:-1].replace("\\", "\\\\")
        if await session.scalar(in_rasa, {"words": f"%{escaped}%"}):
            found.append("rasa.events")
    return sorted(found)
