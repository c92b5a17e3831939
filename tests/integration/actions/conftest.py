"""Customers of the demo company who talk with the actions as Rasa would call them.

Each test's work is undone: the guard's commits are savepoints in one transaction, in which the
company was founded once for the file. What a message means is given by the test; which action
answers it is read from data/rules, so that a missing rule fails here too.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.db import Sessions
from billing_backend.demo.cast import Cast, Person
from billing_backend.jobs import found_demo
from billing_backend.policy import Policy
from bot import told
from bot.actions import Services, make_actions_api
from bot.actions.mapping import answers
from bot.deep_links import DeepLinks
from bot.texts import Texts, merge
from handoff.conversations import Conversation, OutboundMessage, Vault, inbox

ROOT = Path(__file__).parents[3]
KEY = "the key of the tests"
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
POLICY = Policy(holdout_bp=0)
LINKS = DeepLinks(b"a key of the tests")
TEXTS = Texts(ROOT / "data" / "responses", zone=POLICY.zone)


@dataclass
class Heard:
    """What one message got: the words, the choices, and what the channel should do."""

    text: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    responses: list[str] = field(default_factory=list)


@dataclass
class Setting:
    """The company, a clock that the test moves, and the actions' door."""

    cast: Cast
    clock: FixedClock
    billing: BuiltInBilling
    vault: Vault
    sessions: Sessions
    client: httpx.AsyncClient

    async def act(self, call: dict[str, Any], key: str = KEY) -> httpx.Response:
        return await self.client.post("/actions", json=call, headers={"X-Limpede-Key": key})


class Customer:
    """Somebody on one channel. `person` None: an address that nobody knows."""

    def __init__(
        self, setting: Setting, person: Person | None, channel: str, language: str
    ) -> None:
        self.setting = setting
        self.person = person
        self.channel = channel
        self.language = language
        # On what ground: as if they had written sentences in it ("hint": a mere guess).
        self.language_source = "detected"
        self.address = {
            "telegram": str(person.telegram_id) if person else "42",
            "sms": person.phone if person else "+40799999999",
            "voice": f"CA{uuid4().hex}",
        }[channel]
        phone = person.phone if person else "+40799999999"
        self.phone = None if channel == "telegram" else phone
        self.sender = self.address if channel != "voice" else phone
        self.conversation_id: UUID | None = None
        self.in_form = False
        self.understood: dict[str, Any] = {}  # what more Rasa understood of the next message
        self.last_call: dict[str, Any] = {}
        self.last_message: UUID | None = None

    # --- what a customer does ---

    async def means(
        self, intent: str, text: str = "", *, kind: str = "text", **entities: str
    ) -> Heard:
        """Say something that is understood as `intent`."""
        message = await self._store(text, kind, {})
        try:
            return await self._turn(message, intent, entities)
        finally:
            self.understood = {}

    async def means_two(
        self, first: tuple[str, str], second: tuple[str, str], **entities: str
    ) -> Heard:
        """Say two requests in one message, each an intent and its words; `entities` are of the
        second."""
        self.understood = {
            "also": {
                "intent": second[0],
                "before": first[1],
                "words": second[1],
                "entities": [{"entity": k, "value": v} for k, v in entities.items()],
            }
        }
        return await self.means(first[0], f"{first[1]} {second[1]}")

    async def means_either(self, one: str, other: str, text: str = "", **entities: str) -> Heard:
        """Say something that may mean one as well as the other."""
        self.understood = {"meanings": [one, other]}
        return await self.means("unclear", text, **entities)

    async def presses(self, title: str, heard: Heard) -> Heard:
        """Press the button whose title begins so."""
        [payload] = [payload for shown, payload in heard.choices if shown.startswith(title)]
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        assert found is not None
        return await self.means(found[1], kind="button", **json.loads(found[2] or "{}"))

    async def gives(self, secret: str, kind: str) -> Heard:
        """Give a code or PIN: it reaches the actions through the vault only."""
        message = await self._store(f"[{kind}]", "text", {"secret": kind})
        async with self.setting.sessions() as session, session.begin():
            assert self.conversation_id is not None
            await self.setting.vault.put(session, self.conversation_id, secret, message_id=message)
        return await self._turn(message, f"provide_{kind}", {})

    async def shares_contact(self, phone: str, *, own: bool) -> Heard:
        data = {"contact_phone": phone, "contact_is_own": own}
        return await self._turn(await self._store("", "contact", data), "share_contact", {})

    async def starts(self, carried: str = "") -> Heard:
        """/start, perhaps by a link that carried something."""
        data = {"start": carried} if carried else {}
        return await self._turn(await self._store("", "begin", data), "begin", {})

    async def sends(self, kind: str, **data: Any) -> Heard:
        """Something else than words."""
        return await self._turn(await self._store(kind, "media", data), "unsupported", {})

    async def is_told(self, kind: str, **values: Any) -> None:
        """A notice, as the bot notes it when it tells one."""
        async with self.setting.sessions() as session, session.begin():
            conversation = await session.get_one(Conversation, self.conversation_id)
            told.remember(conversation, kind, values, now=self.setting.clock.now())

    async def names_number(self, number: str) -> Heard:
        return await self._turn(
            await self._store(number, "text", {}), "provide_customer_number", {}
        )

    async def proves_by_code(self, intent: str = "check_balance") -> Heard:
        """Ask for something and give the code that arrives."""
        if self.channel == "telegram":
            assert self.person is not None
            await self.shares_contact(self.person.phone, own=True)
        else:
            await self.means(intent)
        return await self.gives(await self.code(), "code")

    async def proves_by_pin(self, intent: str = "check_balance") -> Heard:
        assert self.person is not None
        assert self.person.pin is not None
        await self.means(intent)
        await self.names_number(self.person.customer_number or "")
        return await self.gives(self.person.pin, "pin")

    async def hears_again(self) -> Heard:
        """Rasa lost the answer and asks for the same action for the same message."""
        return await self._said(await self.setting.act(self.last_call))

    # --- what there is to see ---

    async def conversation(self) -> Conversation:
        async with self.setting.sessions() as session:
            return await session.get_one(Conversation, self.conversation_id)

    async def waiting_words(self) -> str:
        """What the queue announced to this customer."""
        async with self.setting.sessions() as session:
            rows = await session.scalars(
                select(OutboundMessage)
                .where(
                    OutboundMessage.conversation_id == self.conversation_id,
                    OutboundMessage.author == "queue",
                )
                .order_by(OutboundMessage.position)
            )
            return "\n".join(
                TEXTS.join(row.parts, self.language, self.channel).text for row in rows
            )

    async def code(self) -> str:
        """The newest code sent by SMS to this person."""
        assert self.person is not None
        async with self.setting.sessions() as session:
            row = await session.scalar(
                select(OutboundMessage)
                .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
                .where(
                    OutboundMessage.author == "notice",
                    Conversation.channel == "sms",
                    Conversation.address == self.person.phone,
                )
                .order_by(OutboundMessage.position.desc())
                .limit(1)
            )
            assert row is not None, "no code was sent"
            [part] = row.parts
            assert part["values"]["code"].keys() == {"secret"}, "only a reference is stored"
            secret = UUID(part["values"]["code"]["secret"])
            code = await self.setting.vault.resolve(session, secret)
            assert code is not None
            return code

    # --- the way to the actions ---

    async def _store(self, text: str, kind: str, data: dict[str, Any]) -> UUID:
        now = self.setting.clock.now()
        async with self.setting.sessions() as session, session.begin():
            conversation = await inbox.open_conversation(
                session,
                channel=self.channel,
                address=self.address,
                sender=self.sender,
                phone=self.phone,
                language_hint=self.language,
                now=now,
            )
            self.conversation_id = conversation.id
            if conversation.language_source == "hint":
                conversation.language_source = self.language_source
            stored = await inbox.receive(
                session,
                conversation,
                provider_message_id=uuid4().hex,
                kind=kind,
                text=text,
                data=data,
                now=now,
            )
            self.last_message = stored.message_id
            return stored.message_id

    async def _turn(self, message: UUID, intent: str, entities: dict[str, str]) -> Heard:
        if self.in_form and "date" in entities:
            return await self._form_gets(message, intent, entities)
        action = answers()[intent]
        if action.startswith("utter_"):
            return _spoken([{"response": action, "buttons": []}], self.language, self.channel)
        heard = await self._said(await self._call(action, message, intent, entities, None))
        if self.in_form:  # Rasa goes on with the form, which asks for its slot
            asked = await self._call("action_ask_extension_date", message, intent, entities, None)
            heard = _both(heard, await self._said(asked), self.channel)
        return heard

    async def _form_gets(self, message: UUID, intent: str, entities: dict[str, str]) -> Heard:
        day = entities["date"]
        answer = await self._call("validate_extension_form", message, intent, entities, day)
        heard = await self._said(answer)
        slots = [e["value"] for e in answer.json()["events"] if e.get("name") == "extension_date"]
        if self.in_form and slots == [day]:
            self.in_form = False
            rest = await self._call("action_confirm_extension", message, intent, entities, day)
        elif self.in_form:
            rest = await self._call("action_ask_extension_date", message, intent, entities, None)
        else:
            return heard
        return _both(heard, await self._said(rest), self.channel)

    async def _call(
        self, action: str, message: UUID, intent: str, entities: dict[str, str], day: str | None
    ) -> httpx.Response:
        self.last_call = {
            "next_action": action,
            "sender_id": str(self.conversation_id),
            "tracker": {
                "sender_id": str(self.conversation_id),
                "slots": {"extension_date": day},
                "latest_message": {
                    "intent": {"name": intent},
                    "entities": [{"entity": k, "value": v} for k, v in entities.items()],
                    "metadata": {"message_id": str(message), "language": self.language},
                    **self.understood,
                },
                "events": [],
                "active_loop": {"name": "extension_form"} if self.in_form else {},
            },
        }
        return await self.setting.act(self.last_call)

    async def _said(self, answer: httpx.Response) -> Heard:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        for event in body["events"]:
            if event["event"] == "active_loop":
                self.in_form = event["name"] is not None
        self.language = (await self.conversation()).language
        return _spoken(body["responses"], self.language, self.channel)


def _spoken(responses: list[dict[str, Any]], language: str, channel: str) -> Heard:
    """The words of an answer, as Rasa's response chooser would say them."""
    said, names = [], []
    for one in responses:
        names.append(one["response"])
        if one["response"] is None:
            words = merge([], channel)
            words = type(words)(text=one["text"])
        else:
            words = TEXTS.say(one["response"], language, channel, one)
        extra = tuple((b["title"], b["payload"]) for b in one["buttons"])
        said.append(type(words)(words.text, words.choices + extra, words.options))
    whole = merge(said, channel)
    return Heard(whole.text, list(whole.choices), dict(whole.options), names)


def _both(first: Heard, second: Heard, channel: str) -> Heard:
    between = " " if channel == "voice" else "\n"
    return Heard(
        between.join(part for part in (first.text, second.text) if part),
        first.choices + second.choices,
        first.options | second.options,
        first.responses + second.responses,
    )


@pytest.fixture(scope="module")
async def founded(engine: AsyncEngine) -> AsyncIterator[tuple[AsyncConnection, Cast]]:
    """The demo company, founded once for a file in a transaction that is never committed."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            cast = await found_demo(session, now=MORNING, policy=POLICY)
            await session.commit()
        yield connection, cast
        await transaction.rollback()


@pytest.fixture
async def setting(founded: tuple[AsyncConnection, Cast]) -> AsyncIterator[Setting]:
    connection, cast = founded
    savepoint = await connection.begin_nested()
    sessions: Sessions = async_sessionmaker(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    clock = FixedClock(MORNING)
    billing = BuiltInBilling(POLICY, code_key=b"a key for codes")
    vault = Vault(Fernet.generate_key())
    app = FastAPI()
    services = Services(
        sessions, billing, vault, clock, POLICY.zone, "Demo Telecom", TEXTS, links=LINKS
    )
    app.include_router(make_actions_api(services, KEY))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        yield Setting(cast, clock, billing, vault, sessions, client)
    await savepoint.rollback()


Someone = Callable[..., Customer]


@pytest.fixture
def customer(setting: Setting) -> Someone:
    """`customer("ana", "telegram")`: somebody of the cast on a channel."""

    def of(key: str, channel: str = "telegram", language: str = "ro") -> Customer:
        return Customer(setting, getattr(setting.cast, key), channel, language)

    return of


@pytest.fixture
def later(setting: Setting) -> Callable[[timedelta], None]:
    """Let time pass."""

    def move(duration: timedelta) -> None:
        setting.clock.moment += duration

    return move
