"""Messages that went wrong come on the review list: once, masked, with what was understood."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, select, text

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing, Identification, Level
from billing_backend.db import Sessions, transaction
from billing_backend.errors import NotFound
from bot.dialogue import BadAnswer, Dialogue, Guess, NoAnswer, Question
from bot.texts import Words
from bot.turn import Turns
from handoff.conversations import Conversation, InboundMessage, inbox
from handoff.conversations.bell import Bell
from handoff.queue import request_person
from handoff.reviews import MessageReview, decide
from tests.integration.bot.conftest import NOW, Rasa, arrives, try_at_once

LOST = (Guess("out_of_scope", 0.61), Guess("check_balance", 0.22), Guess("greet", 0.04))
BALANCE = (Guess("check_balance", 0.93), Guess("view_bill", 0.04))
A_PERSON = (Guess("talk_to_human", 0.97),)


async def reviews(sessions: Sessions) -> list[MessageReview]:
    async with sessions() as session:
        return list(await session.scalars(select(MessageReview).order_by(MessageReview.position)))


async def listed(sessions: Sessions) -> list[tuple[str, str]]:
    return [(review.text, review.why) for review in await reviews(sessions)]


async def says(
    sessions: Sessions,
    turns: Turns,
    rasa: Rasa,
    words: str,
    meaning: tuple[Guess, ...],
    *,
    person: str | None = None,
    kind: str = "text",
) -> UUID:
    """A message that Rasa takes for `meaning`; its action brings a `person` for that reason."""

    async def answer(question: Question) -> list[Words]:
        if person is None:
            return [Words("…")]
        async with transaction(sessions) as session:
            await request_person(
                session,
                question.conversation_id,
                reason=person,
                detail={},
                customer_id=None,
                now=NOW,
            )
        return []

    rasa.understood, rasa.answer = meaning, answer
    message = await arrives(sessions, words, kind=kind)
    await turns.run_due()
    return message


async def expecting(sessions: Sessions, what: str | None) -> None:
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        conversation.expects = what


async def test_what_is_not_understood_is_listed_with_the_guesses(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    message = await says(sessions, turns, rasa, "sunați la 0722 100 201, că nu-i bine", LOST)
    [review] = await reviews(sessions)
    assert review.message_id == message
    assert review.text == "sunați la 0700 000 000, că nu-i bine"
    assert (review.why, review.channel, review.language) == ("not_understood", "telegram", "ro")
    assert review.said_at == NOW
    assert review.understood[:2] == [
        {"intent": "out_of_scope", "confidence": 0.61},
        {"intent": "check_balance", "confidence": 0.22},
    ]
    assert (review.intent, review.decided_at, review.exported_at) == (None, None, None)


async def test_what_is_understood_is_kept_with_the_message_and_not_listed(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    message = await says(sessions, turns, rasa, "cât am de plată", BALANCE)
    async with sessions() as session:
        kept = await session.get_one(InboundMessage, message)
    assert kept.understood == [
        {"intent": "check_balance", "confidence": 0.93},
        {"intent": "view_bill", "confidence": 0.04},
    ]
    assert await reviews(sessions) == []


async def test_a_turn_that_is_tried_again_lists_its_message_once(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    """Rasa's answer got lost; what it understood is read from its memory."""
    message = await arrives(sessions, "ce ziceți de asta")
    parsed = {
        "intent_ranking": [{"name": each.intent, "confidence": each.confidence} for each in LOST]
    }

    async def answer_and_crash(question: Question) -> list[Words]:
        said = (
            ("user", {"metadata": {"message_id": str(message)}, "parse_data": parsed}),
            ("bot", {"text": "N-am înțeles.", "data": {}}),
        )
        async with transaction(sessions) as session:
            for kind, data in said:
                await session.execute(
                    text(
                        "INSERT INTO rasa.events (sender_id, type_name, data) VALUES (:s, :k, :d)"
                    ),
                    {"s": str(question.conversation_id), "k": kind, "d": json.dumps(data)},
                )
        raise NoAnswer("read timeout")

    rasa.answer = answer_and_crash
    await turns.run_due()
    assert await reviews(sessions) == []
    await try_at_once(sessions)
    await turns.run_due()
    [review] = await reviews(sessions)
    assert review.understood[1] == {"intent": "check_balance", "confidence": 0.22}


async def test_the_second_misunderstanding_brings_a_person_and_both_are_listed_so(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await says(sessions, turns, rasa, "bla bla", LOST)
    await says(sessions, turns, rasa, "tot bla", LOST, person="misunderstood")
    assert await listed(sessions) == [("bla bla", "led_to_person"), ("tot bla", "led_to_person")]


async def test_asking_for_a_person_right_after_an_answer_lists_what_was_answered(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await says(sessions, turns, rasa, "nu mi-a intrat plata", BALANCE)
    await says(sessions, turns, rasa, "vreau un om", A_PERSON, person="asked")
    assert await listed(sessions) == [("nu mi-a intrat plata", "led_to_person")]


@pytest.mark.parametrize(
    ("before", "expects", "later"),
    [
        ("greet", None, timedelta()),  # nothing was asked that could be answered wrongly
        ("affirm", None, timedelta()),
        ("request_discount", "leaving_reason", timedelta()),  # whatever is said is a reason
        ("check_balance", None, timedelta(minutes=11)),
    ],
)
async def test_a_person_asked_for_for_another_reason_lists_nothing(
    sessions: Sessions,
    turns: Turns,
    rasa: Rasa,
    before: str,
    expects: str | None,
    later: timedelta,
) -> None:
    await says(sessions, turns, rasa, "bună", BALANCE)
    await expecting(sessions, expects)
    first = await says(sessions, turns, rasa, "ceva", (Guess(before, 0.9),))
    async with transaction(sessions) as session:
        (await session.get_one(InboundMessage, first)).received_at -= later
    await says(sessions, turns, rasa, "vreau un om", A_PERSON, person="asked")
    assert await reviews(sessions) == []


async def test_a_person_for_reasons_of_money_lists_nothing(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await says(sessions, turns, rasa, "cât am de plată", BALANCE)
    wrong = (Guess("dispute_charge", 0.9),)
    await says(sessions, turns, rasa, "e greșită factura", wrong, person="correction_above_limit")
    assert await reviews(sessions) == []


@pytest.mark.parametrize("how", ["no answer", "action"])
async def test_a_turn_that_failed_lists_its_message(
    sessions: Sessions, turns: Turns, rasa: Rasa, how: str
) -> None:
    async def fails(question: Question) -> list[Words]:
        if how == "no answer":
            raise BadAnswer("status 503")
        async with transaction(sessions) as session:
            await inbox.record_failure(session, question.message_id, "action_explain: KeyError")
        return [Words("…")]

    rasa.understood, rasa.answer = BALANCE, fails
    await arrives(sessions, "de ce atât?")
    await turns.run_due()
    assert await listed(sessions) == [("de ce atât?", "failed")]


@pytest.mark.parametrize(
    ("words", "kind", "expects"),
    [
        ("", "silence", None),
        ("12", "keys", None),
        ("/restart", "text", None),  # somebody tries commands
        ("prea scump și merge prost", "text", "leaving_reason"),
        ("nu am cerut asta niciodată", "text", "dispute_reason"),
    ],
)
async def test_what_is_no_misunderstanding_is_not_listed(
    sessions: Sessions, turns: Turns, rasa: Rasa, words: str, kind: str, expects: str | None
) -> None:
    await says(sessions, turns, rasa, "cât am de plată", BALANCE)
    await expecting(sessions, expects)
    await says(sessions, turns, rasa, words, LOST, kind=kind)
    assert await reviews(sessions) == []


async def test_what_the_bot_said_it_did_not_understand_is_listed_whatever_it_was_asked(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await says(sessions, turns, rasa, "bună", BALANCE)
    await expecting(sessions, "dispute_line")
    message = await arrives(sessions, "hmm nu știu")
    async with transaction(sessions) as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        at = (await session.get_one(InboundMessage, message)).position
        conversation.dialogue = {"misunderstood": {"times": 1, "at": at}}
    rasa.understood = LOST
    await turns.run_due()
    [review] = await reviews(sessions)
    assert (review.text, review.asked) == ("hmm nu știu", "dispute_line")


async def test_a_decision_stays_when_the_message_turns_out_to_have_cost_a_person(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    await says(sessions, turns, rasa, "bla bla", LOST)
    [review] = await reviews(sessions)
    async with transaction(sessions) as session:
        await decide(session, review.id, intent=None, text=None, by=uuid4(), now=NOW)
    await says(sessions, turns, rasa, "vreau un om", A_PERSON, person="asked")
    assert await listed(sessions) == [("bla bla", "not_understood")]


async def test_the_list_goes_with_its_conversation(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    message = await says(sessions, turns, rasa, "bla bla", LOST)
    async with transaction(sessions) as session:
        await session.execute(text("DELETE FROM outbound_message"))
        await session.execute(delete(InboundMessage).where(InboundMessage.id == message))
    assert await reviews(sessions) == []


class KnowsElena:
    """A billing that knows who is there; `erased`: not any more."""

    def __init__(self, *, erased: bool) -> None:
        self.erased = erased

    async def identification(self, *args: Any, **kwargs: Any) -> Identification:
        return Identification(Level.RECOGNISED, customer_id=UUID(int=5))

    async def customer(self, session: object, customer_id: UUID, **kwargs: Any) -> Any:
        if self.erased:
            raise NotFound("customer", customer_id)

        class Elena:
            name = "Elena Dinu"

        return Elena


@pytest.mark.parametrize(
    ("erased", "published"),
    [(False, "e pe numele Popescu"), (True, "e pe numele dinu elena")],
)
async def test_the_customers_own_name_is_not_listed(
    sessions: Sessions,
    rasa: Rasa,
    rasas_table: None,
    database_url: str,
    erased: bool,
    published: str,
) -> None:
    billing = cast(Billing, KnowsElena(erased=erased))
    clock = FixedClock(NOW)
    bell, dialogue = Bell(database_url), cast(Dialogue, rasa)
    turns = Turns(sessions, clock, "Europe/Bucharest", bell, dialogue, billing)
    await says(sessions, turns, rasa, "e pe numele dinu elena", LOST)
    assert await listed(sessions) == [(published, "not_understood")]


async def test_messages_are_counted_by_whether_they_were_understood(
    sessions: Sessions, turns: Turns, rasa: Rasa
) -> None:
    def counted(understood: str) -> float:
        labels = {"channel": "telegram", "language": "ro", "understood": understood}
        return REGISTRY.get_sample_value("limpede_messages_understood_total", labels) or 0

    before = counted("yes"), counted("no")
    await says(sessions, turns, rasa, "cât am de plată", BALANCE)
    await says(sessions, turns, rasa, "bla bla", LOST)
    await says(sessions, turns, rasa, "", LOST, kind="silence")
    assert (counted("yes"), counted("no")) == (before[0] + 1, before[1] + 1)
