"""The phone line on the real inbox, outbox and queue: what is kept, heard, and done once."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy import select, text
from twilio.request_validator import RequestValidator

from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.db import Sessions, transaction
from billing_backend.policy import Policy
from bot.callbacks import Callbacks
from bot.channels.message import DeliveryFailed
from bot.channels.simulator.twiml_rules import complaints
from bot.channels.voice import make_router
from bot.channels.voice.switchboard import Ending
from bot.dialogue import Answer, Dialogue, Question
from bot.intake import Intake
from bot.outgoing import Wording
from bot.switchboard import HouseSwitchboard
from bot.texts import Texts, Words
from bot.turn import Turns
from handoff.conversations import Conversation, InboundMessage, Owner, Vault
from handoff.conversations.bell import Bell
from handoff.queue import Case, State, callbacks, request_person
from handoff.queue.models import CallbackState
from handoff.queue.repository import end_case, set_presence

ROOT = Path(__file__).parents[3]
POLICY = Policy()
ZONE = POLICY.zone
NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday
URL, TOKEN = "https://bot.example", "a7f3c5e1d2b4968700112233445566aa"
VOICE = "/webhooks/voice"
CARMEN, CALL = "+40700200003", f"CA{3:032x}"
TEXTS = Texts(ROOT / "data" / "responses", zone=ZONE)


class Rasa:
    """Answers as the test tells it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says = "Vă ascult."

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question.text)
        return Answer([Words(self.says)])


class Line:
    """A phone line of the product, called by Twilio."""

    def __init__(self, sessions: Sessions, database_url: str) -> None:
        self.sessions, self.clock, self.rasa = sessions, FixedClock(NOON), Rasa()
        billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
        self.billing = billing
        vault, bell = Vault(Fernet.generate_key()), Bell(database_url)
        self.vault = vault
        intake = Intake(
            sessions, self.clock, vault, bell, Wording(TEXTS, vault, self.clock, billing)
        )
        self.switchboard = HouseSwitchboard(sessions, self.clock, billing, self._word, zone=ZONE)
        self.turns = Turns(sessions, self.clock, ZONE, bell, cast(Dialogue, self.rasa), billing)
        app = FastAPI()
        app.include_router(
            make_router(
                door=intake,
                switchboard=self.switchboard,
                auth_token=TOKEN,
                public_url=URL,
                words=lambda name, language: (
                    TEXTS.say(name, language, "voice", {"company": "Demo Telecom"}).text
                ),
                patience=0.0,
            )
        )
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)

    @staticmethod
    def _word(parts: list[dict[str, Any]], language: str, channel: str) -> str:
        return TEXTS.join(parts, language, channel).text

    async def ask(self, path: str, sid: str = CALL, **form: str) -> ET.Element:
        """One request of Twilio's, and the document that answers it."""
        whole = {"CallSid": sid, "From": CARMEN, "CallStatus": "in-progress", **form}
        path = path.removeprefix(URL)
        signature = RequestValidator(TOKEN).compute_signature(URL + path, whole)
        headers = {"X-Twilio-Signature": signature}
        answer = await self._http.post(path, data=whole, headers=headers)
        assert answer.status_code == 200
        assert complaints(answer.text, public=True) == [], answer.text
        return ET.fromstring(answer.text)  # noqa: S314 - our own document

    async def says(self, path: str, sid: str = CALL, **form: str) -> ET.Element:
        """The caller does something, and the turn is over before the line looks again."""
        self.bridge = await self.ask(path, sid, **form)
        await self.turns.run_due()
        redirect = self.bridge.find("Redirect")
        assert redirect is not None
        return await self.ask(redirect.text or "", sid, **form)

    async def conversation(self) -> Conversation:
        async with self.sessions() as session:
            found = await session.scalar(select(Conversation).where(Conversation.address == CALL))
            assert found is not None
            return found

    async def waits_for_a_person(self) -> UUID:
        conversation = await self.conversation()
        async with transaction(self.sessions) as session:
            waiting = await request_person(
                session,
                conversation.id,
                reason="asked",
                detail={},
                customer_id=None,
                now=self.clock.now(),
            )
            return waiting.case_id


@pytest.fixture
async def line(sessions: Sessions, database_url: str) -> Line:
    async with transaction(sessions) as session:
        await set_presence(session, uuid4(), available=True, always=True)
    return Line(sessions, database_url)


def heard(document: ET.Element) -> str:
    return " ".join("".join(say.itertext()) for say in document.iter("Say"))


def answer_at(document: ET.Element) -> str:
    gather = document.find("Gather")
    assert gather is not None
    return gather.attrib["action"]


async def kept_everywhere(sessions: Sessions) -> str:
    """Every text of every table."""
    async with sessions() as session:
        names = await session.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        rows = [
            str(row)
            for name in names.all()
            for row in (await session.execute(text(f'SELECT t::text FROM "{name}" AS t'))).all()
        ]
    return "\n".join(rows)


async def test_a_pin_is_keyed_in_unheard_and_kept_nowhere(
    line: Line, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    asked = await line.says(f"{VOICE}/incoming")
    async with transaction(sessions) as session:
        (await session.get_one(Conversation, (await line.conversation()).id)).expects = "pin"
    line.rasa.says = "Acum tastați PIN-ul."
    asked = await line.says(answer_at(asked), SpeechResult="cât am de plată", Confidence="0.9")
    gather = asked.find("Gather")
    assert gather is not None
    assert (gather.get("input"), gather.get("numDigits")) == ("dtmf", "4")

    line.rasa.says = "Mulțumesc."
    await line.says(answer_at(asked), Digits="7391")

    assert line.rasa.asked[-1] == "/provide_pin"
    assert "7391" not in await kept_everywhere(sessions)
    assert "7391" not in caplog.text
    async with sessions() as session:
        secret = await session.scalar(select(InboundMessage).where(InboundMessage.text == "[pin]"))
        assert secret is not None
        assert await line.vault.of_message(session, secret.id) == "7391"


async def test_a_slow_turn_is_bridged_with_a_phrase_and_then_told_once(line: Line) -> None:
    first = await line.ask(f"{VOICE}/incoming")
    assert heard(first) == "Un moment, vă rog."
    redirect = first.find("Redirect")
    assert redirect is not None
    await line.turns.run_due()
    told = await line.ask(redirect.text or "")
    assert heard(told) == "Vă ascult."
    again = await line.ask(redirect.text or "")  # Twilio asks a second time
    assert heard(again) == "Vă ascult."


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ({"SpeechResult": "hârșt", "Confidence": "0.05"}, "/silence"),
        ({"SpeechResult": "cât am de plată", "Confidence": "0.9"}, "cât am de plată"),
        ({"SpeechResult": "cât am de plată", "Confidence": "0.0"}, "cât am de plată"),
        ({"Digits": "0"}, "/talk_to_human"),
        ({"Digits": "*"}, "/repeat"),
        ({"Digits": "1"}, "/check_balance"),
        ({"Digits": "7"}, "/silence"),
    ],
)
async def test_what_a_caller_does_reaches_the_dialogue_as_meant(
    line: Line, form: dict[str, str], command: str
) -> None:
    asked = await line.says(f"{VOICE}/incoming")
    await line.says(answer_at(asked), **form)
    assert line.rasa.asked[-1] == command


@pytest.mark.parametrize(
    ("expects", "digits", "command"),
    [
        ("pin", "0", "/talk_to_human"),
        ("pin", "*", "/send_code"),
        ("code", "*", "/send_code"),
        ("customer_number", "0", "/talk_to_human"),
        ("extension_date", "0", "/talk_to_human"),
        ("extension_date", "*", "/repeat"),
        ("confirm", "0", "/talk_to_human"),
        ("instalments", "3", '/choose{"choice": "parts:3"}'),
    ],
)
async def test_the_operators_key_and_the_star_work_at_every_question(
    line: Line, sessions: Sessions, expects: str, digits: str, command: str
) -> None:
    asked = await line.says(f"{VOICE}/incoming")
    async with transaction(sessions) as session:
        (await session.get_one(Conversation, (await line.conversation()).id)).expects = expects
    await line.says(answer_at(asked), Digits=digits)
    assert line.rasa.asked[-1] == command


async def test_a_caller_in_the_queue_hears_of_a_better_place(
    line: Line, sessions: Sessions
) -> None:
    asked = await line.says(f"{VOICE}/incoming")
    async with transaction(sessions) as session:
        before = Conversation(
            id=uuid4(), channel="sms", address="+40700200001", sender="x", created_at=NOON,
            language="ro", owner=Owner.BOT, epoch=1, dialogue={},
        )  # fmt: skip
        session.add(before)
        await session.flush()
        ahead = await request_person(
            session, before.id, reason="asked", detail={}, customer_id=None, now=NOON
        )
    await line.waits_for_a_person()
    queued = await line.says(answer_at(asked), SpeechResult="alo", Confidence="0.9")
    enqueue = queued.find("Enqueue")
    assert enqueue is not None
    assert "locul 2" in heard(line.bridge)
    quiet = await line.ask(enqueue.attrib["waitUrl"])
    assert heard(quiet) == ""

    async with transaction(sessions) as session:
        case = await session.get_one(Case, ahead.case_id)
        await end_case(session, case, State.CANCELLED, outcome="left", now=NOON)
    line.clock.moment += timedelta(seconds=31)
    redirect = quiet.find("Redirect")
    assert redirect is not None
    assert heard(await line.ask(redirect.text or "")).startswith("Sunteți acum pe locul 1.")


# --- calls back ---


Ring = Callable[[str, UUID], Awaitable[None]]


class Phones:
    """Whom we called, and how Twilio took it."""

    def __init__(self) -> None:
        self.rang: list[tuple[str, UUID]] = []
        self.trouble: DeliveryFailed | None = None

    async def ring(self, phone: str, attempt: UUID) -> None:
        self.rang.append((phone, attempt))
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def phones() -> Phones:
    return Phones()


def worker(line: Line, phones: Phones) -> Callbacks:
    return Callbacks(line.sessions, line.clock, line.billing, phones.ring, zone=ZONE)


async def asked_to_be_called(line: Line) -> UUID:
    """Carmen asks for a person, presses the key for a call back and hangs up."""
    asked = await line.says(f"{VOICE}/incoming")
    case_id = await line.waits_for_a_person()
    queued = await line.says(answer_at(asked), SpeechResult="operator", Confidence="0.9")
    enqueue = queued.find("Enqueue")
    assert enqueue is not None
    quiet = await line.ask(enqueue.attrib["waitUrl"])
    await line.ask(answer_at(quiet), Digits="2")
    await line.turns.run_due()
    await line.ask(f"{VOICE}/status", CallStatus="completed")
    await line.turns.run_due()
    return case_id


async def states(line: Line, case_id: UUID) -> list[CallbackState]:
    async with line.sessions() as session:
        return [attempt.state for attempt in await callbacks.attempts(session, case_id)]


async def test_who_asked_for_it_is_called_once_and_waits_in_the_new_call(
    line: Line, phones: Phones
) -> None:
    case_id = await asked_to_be_called(line)
    await worker(line, phones).call_due()
    await worker(line, phones).call_due()
    [(phone, attempt)] = phones.rang
    assert phone == CARMEN

    call = f"CA{4:032x}"
    ours = {"From": "+40312345678", "To": CARMEN, "Direction": "outbound-api"}
    greeting = await line.ask(
        f"{VOICE}/callback?attempt={attempt}", call, AnsweredBy="human", **ours
    )
    assert "apăsați 1" in heard(greeting)
    on = await line.ask(answer_at(greeting), call, Digits="1", **ours)
    twice = await line.ask(answer_at(greeting), call, Digits="1", **ours)
    assert on[0].text == twice[0].text
    first = await line.says(on[0].text or "", call, **ours)
    assert "locul 1" in heard(line.bridge)
    assert first.find("Enqueue") is not None
    assert await states(line, case_id) == [CallbackState.ACCEPTED]

    await line.ask(
        f"{VOICE}/callback-status?attempt={attempt}", call, **{**ours, "CallStatus": "completed"}
    )
    await line.turns.run_due()
    async with line.sessions() as session:
        case = await session.get_one(Case, case_id)
        conversation = await session.get_one(Conversation, case.conversation_id)
        assert (case.outcome, conversation.address) == ("left", call)
        assert conversation.closed_at is not None


async def test_a_machine_is_called_again_half_an_hour_later(line: Line, phones: Phones) -> None:
    case_id = await asked_to_be_called(line)
    await worker(line, phones).call_due()
    [(_, attempt)] = phones.rang
    said = await line.ask(f"{VOICE}/callback?attempt={attempt}", AnsweredBy="machine_end_beep")
    assert "Carmen" not in heard(said)
    assert not any(figure.isdigit() for figure in heard(said))
    await worker(line, phones).call_due()
    assert len(phones.rang) == 1
    line.clock.moment += timedelta(minutes=30)
    await worker(line, phones).call_due()
    assert len(phones.rang) == 2
    assert await states(line, case_id) == [CallbackState.MACHINE, CallbackState.CALLING]


async def test_a_call_that_twilio_refused_is_tried_later(line: Line, phones: Phones) -> None:
    case_id = await asked_to_be_called(line)
    phones.trouble = DeliveryFailed("rejected", permanent=True)
    await worker(line, phones).call_due()
    assert await states(line, case_id) == [CallbackState.FAILED]


async def test_a_call_that_may_be_ringing_is_not_made_again(line: Line, phones: Phones) -> None:
    case_id = await asked_to_be_called(line)
    phones.trouble = DeliveryFailed("timeout", uncertain=True)
    await worker(line, phones).call_due()
    await worker(line, phones).call_due()
    assert len(phones.rang) == 1
    assert await states(line, case_id) == [CallbackState.CALLING]


async def test_the_same_end_is_counted_once(line: Line, phones: Phones) -> None:
    case_id = await asked_to_be_called(line)
    await worker(line, phones).call_due()
    [(_, attempt)] = phones.rang
    for ending in (Ending.BUSY, Ending.NO_ANSWER):
        assert not await line.switchboard.ended(attempt, ending)
    assert await states(line, case_id) == [CallbackState.BUSY]
