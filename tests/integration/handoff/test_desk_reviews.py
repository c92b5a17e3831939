"""Messages to learn from at the desk: listed, given a meaning by one agent, taken back."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from billing_backend.audit.models import AuditEntry
from billing_backend.db import Sessions, transaction
from handoff import reviews
from handoff.conversations import Conversation, Draft, InboundMessage, receive, write
from handoff.conversations.models import Author
from handoff.queue import Waiting
from handoff.reviews import INTENTS, MessageReview, Why
from tests.integration.handoff.conftest import NOON

REVIEWS = "/desk/api/reviews"
UNDERSTOOD = [
    {"intent": "out_of_scope", "confidence": 0.5},
    {"intent": "check_payment_status", "confidence": 0.31},
    {"intent": "begin", "confidence": 0.01},
]


async def misunderstood(sessions: Sessions, conversation: Conversation, words: str) -> UUID:
    """A message on the list; the review's id."""
    async with transaction(sessions) as session:
        stored = await receive(
            session,
            conversation,
            provider_message_id=uuid4().hex,
            kind="text",
            text=words,
            data={},
            now=NOON,
        )
        message = await session.get_one(InboundMessage, stored.message_id)
        message.understood, message.asked = UNDERSTOOD, "confirm"
        await write(session, conversation, Draft(text="Sorry?"), author=Author.BOT, now=NOON)
        await reviews.keep(session, conversation, message, why=Why.NOT_UNDERSTOOD, text=words)
        found = await session.scalar(
            select(MessageReview.id).where(MessageReview.message_id == message.id)
        )
        assert found is not None
        return found


@pytest.fixture
async def review(sessions: Sessions, elena: Conversation) -> UUID:
    return await misunderstood(sessions, elena, "is it in yet?")


async def decide(
    client: httpx.AsyncClient, review: UUID, intent: str = "check_payment_status", **more: Any
) -> httpx.Response:
    return await client.post(f"{REVIEWS}/{review}/decide", json={"intent": intent, **more})


async def shown(client: httpx.AsyncClient, review: UUID) -> dict[str, Any]:
    answer = await client.get(f"{REVIEWS}/{review}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def exported(sessions: Sessions, review: UUID) -> None:
    async with transaction(sessions) as session:
        await reviews.mark_exported(session, [review], now=NOON)


async def test_a_message_is_shown_with_its_guesses_and_what_was_said_around_it(
    maria: httpx.AsyncClient, review: UUID, waiting: Waiting
) -> None:
    seen = await shown(maria, review)
    assert (seen["text"], seen["why_text"]) == ("is it in yet?", "Not understood")
    assert seen["asked_text"] == "a yes or no"
    # Refusals and what only the server makes are no guesses.
    assert [(each["title"], each["confidence"]) for each in seen["guesses"]] == [
        ("Did it arrive", 0.31)
    ]
    assert [said["text"] for said in seen["messages"]][:2] == ["is it in yet?", "Sorry?"]
    assert seen["case_id"] == str(waiting.case_id)


async def test_the_list_is_read_newest_first_and_page_by_page(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation
) -> None:
    for number in range(52):
        await misunderstood(sessions, elena, f"words {number}")
    first = (await maria.get(REVIEWS)).json()
    assert (first["open"], first["more"], len(first["reviews"])) == (52, True, 50)
    assert first["reviews"][0]["text"] == "words 51"
    last = first["reviews"][-1]["position"]
    rest = (await maria.get(REVIEWS, params={"before": last})).json()
    assert [each["text"] for each in rest["reviews"]] == ["words 1", "words 0"]
    assert rest["more"] is False


async def test_a_decision_takes_a_message_from_the_open_ones_to_the_decided(
    maria: httpx.AsyncClient, review: UUID
) -> None:
    answer = await decide(maria, review)
    assert answer.json()["text"] == "Will be learned: Did it arrive."
    assert (await maria.get(REVIEWS)).json() == {"open": 0, "reviews": [], "more": False}
    [decided] = (await maria.get(REVIEWS, params={"state": "decided"})).json()["reviews"]
    assert decided["intent"] == "check_payment_status"
    assert decided["decided_text"] == "Maria Ionescu: Did it arrive"


async def test_a_name_that_was_left_is_taken_out_by_the_agent(
    maria: httpx.AsyncClient, review: UUID
) -> None:
    assert (await decide(maria, review, text="  is his in yet? ")).status_code == 200
    assert (await shown(maria, review))["text"] == "is his in yet?"


async def test_nothing_for_us_and_not_to_be_learned_are_two_things(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, review: UUID
) -> None:
    other = await misunderstood(sessions, elena, "asdf")
    assert (await decide(maria, review, "out_of_scope")).status_code == 200
    dismissed = await maria.post(f"{REVIEWS}/{other}/dismiss")
    assert dismissed.json()["text"] == "Will not be learned."
    assert (await shown(maria, review))["intent"] == "out_of_scope"
    seen = await shown(maria, other)
    assert (seen["intent"], seen["decided_text"]) == (None, "Maria Ionescu: not to be learned")
    async with transaction(sessions) as session:
        to_learn = await reviews.to_export(session, since=None, language=None)
    assert [each.id for each in to_learn] == [review]


async def test_of_two_agents_at_once_one_decides_and_the_other_hears_who(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, review: UUID
) -> None:
    await radu.post("/desk/api/me", json={"language": "en"})
    answers = await asyncio.gather(
        decide(maria, review), decide(radu, review, "report_missing_payment")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [late] = [answer for answer in answers if answer.status_code == 409]
    seen = await shown(maria, review)
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["code"] == "review_decided"
    assert late.json()["intent"] == seen["intent"]
    who, what = seen["decided_text"].split(": ")
    assert late.json()["detail"] == f"{who} has already decided: {what}."


async def test_the_same_click_twice_is_one_decision(maria: httpx.AsyncClient, review: UUID) -> None:
    assert [(await decide(maria, review)).status_code for _ in range(2)] == [200, 200]
    assert (await decide(maria, review, "greet")).status_code == 409


async def test_a_decision_is_taken_back_until_it_is_in_a_file(
    maria: httpx.AsyncClient, sessions: Sessions, review: UUID
) -> None:
    await decide(maria, review)
    assert (await maria.post(f"{REVIEWS}/{review}/reopen")).status_code == 200
    assert (await shown(maria, review))["decided_at"] is None
    await decide(maria, review, "greet")
    await exported(sessions, review)
    for verb in ("reopen", "dismiss"):
        late = await maria.post(f"{REVIEWS}/{review}/{verb}")
        assert (late.status_code, late.json()["code"]) == (409, "review_exported")
    assert "Among the training examples since" in (await shown(maria, review))["exported_text"]


async def test_decisions_are_in_the_audit_log_without_the_words(
    maria: httpx.AsyncClient, sessions: Sessions, review: UUID
) -> None:
    await decide(maria, review)
    async with transaction(sessions) as session:
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.action == "review.decided")
        )
    assert entry is not None
    assert entry.actor == "maria@demo.example"
    assert entry.details == {"review": str(review), "intent": "check_payment_status"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"intent": "drink_tea"}, "intent"),
        ({"intent": "begin"}, "intent"),  # made by the server only
        ({}, "intent"),
        ({"intent": "greet", "text": "  "}, "text"),
        ({"intent": "greet", "text": "x" * 1001}, "text"),
        ({"intent": "greet", "mood": "bad"}, "mood"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    maria: httpx.AsyncClient, review: UUID, body: dict[str, Any], where: str
) -> None:
    answer = await maria.post(f"{REVIEWS}/{review}/decide", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert where in answer.json()["detail"]
    assert (await shown(maria, review))["decided_at"] is None


@pytest.mark.parametrize("verb", ["", "/decide", "/dismiss", "/reopen"])
async def test_a_message_that_went_with_its_conversation_is_unknown(
    maria: httpx.AsyncClient, verb: str
) -> None:
    url = f"{REVIEWS}/{uuid4()}{verb}"
    answer = await (maria.get(url) if not verb else maria.post(url, json={"intent": "greet"}))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_review")


@pytest.mark.parametrize("path", ["", "/intents"])
async def test_nobody_sees_anything_without_signing_in(desk: Any, path: str) -> None:
    async with desk.client() as client:
        answer = await client.get(REVIEWS + path)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


async def test_every_meaning_has_its_title_and_definition(maria: httpx.AsyncClient) -> None:
    families = (await maria.get(f"{REVIEWS}/intents")).json()
    meanings = [each for family in families for each in family["intents"]]
    assert {each["intent"] for each in meanings} == INTENTS - {"out_of_scope"}
    assert all(each["title"] and each["definition"] for each in meanings)
