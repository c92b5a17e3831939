"""Callers who wait, agents' phones, and calls back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.db import Sessions, transaction
from handoff.conversations import Conversation, InboundMessage, OutboundMessage, Owner
from handoff.desk import phone
from handoff.queue import (
    Case,
    State,
    Waiting,
    announce_change,
    callbacks,
    customer_left,
    handle_waiting_words,
    request_person,
)
from handoff.queue.models import CallbackAttempt, CallbackState
from handoff.queue.repository import end_case, set_presence

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MONDAY_OPENS = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 8:00 in Bucharest
PHONE = "+40721000003"


async def caller(session: AsyncSession, name: str, *, number: str | None = PHONE) -> Conversation:
    conversation = Conversation(
        id=uuid4(),
        channel="voice",
        address=name,
        sender=name,
        phone=number,
        language="en",
        owner=Owner.BOT,
        epoch=1,
        dialogue={},
        created_at=NOON,
    )
    session.add(conversation)
    await session.flush()
    return conversation


async def waits(session: AsyncSession, who: Conversation, now: datetime = NOON) -> Waiting:
    return await request_person(
        session, who.id, reason="asked", detail={}, customer_id=None, now=now
    )


async def presses(
    session: AsyncSession, who: Conversation, payload: str, now: datetime = NOON
) -> None:
    message = InboundMessage(
        id=uuid4(),
        conversation_id=who.id,
        channel="voice",
        provider_message_id=str(uuid4()),
        kind="keys",
        text="2",
        data={},
        received_at=now,
    )
    session.add(message)
    await session.flush()
    assert await handle_waiting_words(session, who, message, payload=payload, now=now)


async def told(session: AsyncSession, who: Conversation) -> list[list[str]]:
    rows = await session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.conversation_id == who.id)
        .order_by(OutboundMessage.position)
    )
    return [[part["response"] for part in row.parts] for row in rows]


async def case_of(session: AsyncSession, waiting: Waiting) -> Case:
    return await session.get_one(Case, waiting.case_id, populate_existing=True)


@pytest.fixture
async def an_agent_is_there(session: AsyncSession) -> None:
    await set_presence(session, uuid4(), available=True, always=True)


# --- waiting ---


async def test_a_caller_hears_of_a_better_place_but_not_more_often_than_every_30_seconds(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    first, second, third = [await caller(session, name) for name in ("CA1", "CA2", "CA3")]
    ahead = [await waits(session, first), await waits(session, second)]
    waiting = await waits(session, third)
    assert waiting.place == 3

    assert not await announce_change(session, third.id, now=NOON + timedelta(seconds=40))
    await end_case(
        session, await case_of(session, ahead[0]), State.CANCELLED, outcome="left", now=NOON
    )
    assert not await announce_change(session, third.id, now=NOON + timedelta(seconds=20))
    assert await announce_change(session, third.id, now=NOON + timedelta(seconds=40))
    await end_case(
        session, await case_of(session, ahead[1]), State.CANCELLED, outcome="left", now=NOON
    )
    assert not await announce_change(session, third.id, now=NOON + timedelta(seconds=60))
    assert await announce_change(session, third.id, now=NOON + timedelta(seconds=71))

    said = await told(session, third)
    assert [one[0].startswith("utter_queue_update_") for one in said[1:]] == [True, True]


async def test_who_goes_back_to_the_assistant_keeps_the_place_and_may_wait_again(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    carmen = await caller(session, "CA1")
    waiting = await waits(session, carmen)
    await presses(session, carmen, "/queue_assistant")
    assert carmen.owner == Owner.BOT
    assert (await case_of(session, waiting)).state == State.WAITING

    again = await waits(session, carmen)
    assert (again.case_id, again.place) == (waiting.case_id, 1)
    assert carmen.owner == Owner.QUEUE
    assert (await told(session, carmen))[-1] == ["utter_queue_wait_under_1"]


async def test_who_goes_on_in_writing_keeps_the_place_and_the_call_ends(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    carmen = await caller(session, "CA1")
    waiting = await waits(session, carmen)
    await presses(session, carmen, "/queue_writing")
    await customer_left(session, carmen.id, now=NOON)

    case = await case_of(session, waiting)
    sms = await session.get_one(Conversation, case.conversation_id)
    assert (sms.channel, sms.address, sms.owner) == ("sms", PHONE, Owner.QUEUE)
    assert (case.state, case.begun_in) == (State.WAITING, carmen.id)
    assert (await told(session, sms))[0][0] == "utter_queue_in_writing"
    newest = await session.scalar(
        select(OutboundMessage)
        .where(OutboundMessage.conversation_id == carmen.id)
        .order_by(OutboundMessage.position.desc())
        .limit(1)
    )
    assert newest is not None
    assert newest.options == {"hang_up": True}


async def test_a_hidden_number_cannot_be_written_to(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    mihai = await caller(session, "CA1", number=None)
    await waits(session, mihai)
    await presses(session, mihai, "/queue_writing")
    assert (await told(session, mihai))[-1] == ["utter_queue_no_sms_number"]
    assert mihai.owner == Owner.QUEUE


async def test_the_menu_by_keys_is_said_on_the_first_key(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    carmen = await caller(session, "CA1")
    await waits(session, carmen)
    await presses(session, carmen, "/queue_wait")
    assert (await told(session, carmen))[-1] == ["utter_queue_update_under_1", "utter_queue_keys"]


# --- an agent's phone ---


async def connected(sessions: Sessions, maria: httpx.AsyncClient) -> tuple[Conversation, UUID]:
    async with transaction(sessions) as session:
        carmen = await caller(session, "CA1")
        waiting = await waits(session, carmen)
    case = f"/desk/api/cases/{waiting.case_id}"
    assert (await maria.post(f"{case}/take")).status_code == 200
    answer = await maria.post(f"{case}/connect-phone", json={"phone": "+40722999001"})
    assert answer.status_code == 200, answer.text
    return carmen, waiting.case_id


async def now_of(sessions: Sessions, who: Conversation, case_id: UUID) -> tuple[str, str]:
    async with transaction(sessions) as session:
        case = await session.get_one(Case, case_id)
        return (await session.get_one(Conversation, who.id)).owner, case.state


async def said_to(sessions: Sessions, who: Conversation) -> list[list[str]]:
    async with transaction(sessions) as session:
        return await told(session, who)


async def test_the_agent_hears_who_calls_how_they_were_verified_and_why(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    carmen, _ = await connected(sessions, maria)
    async with transaction(sessions) as session:
        heard = await phone.whisper(
            session,
            carmen.id,
            billing=desk.billing,
            word=desk.services.word,
            zone="Europe/Bucharest",
            now=NOON,
        )
    assert heard is not None
    assert heard.language == "en"
    assert "Elena Radu" in heard.text
    assert "verified" in heard.text
    assert "asked for a person" in heard.text.lower()
    assert "Press 1" in heard.text


async def test_an_agent_who_does_not_take_the_call_leaves_the_caller_in_the_queue(
    maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    carmen, case_id = await connected(sessions, maria)
    for _ in range(2):  # told twice, it happens once
        async with transaction(sessions) as session:
            await phone.phone_call_over(session, carmen.id, now=NOON)
    assert await now_of(sessions, carmen, case_id) == (Owner.QUEUE, State.WAITING)
    said = [one for one in await said_to(sessions, carmen) if one[0] == "utter_agent_unreachable"]
    assert len(said) == 1


async def test_after_the_talk_the_caller_is_with_the_assistant_and_the_case_with_the_agent(
    maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    carmen, case_id = await connected(sessions, maria)
    async with transaction(sessions) as session:
        assert await phone.take_by_phone(session, carmen.id)
    async with transaction(sessions) as session:
        await phone.phone_call_over(session, carmen.id, now=NOON)
    assert await now_of(sessions, carmen, case_id) == (Owner.BOT, State.WITH_AGENT)
    assert (await said_to(sessions, carmen))[-1] == ["utter_agent_hung_up"]

    case = f"/desk/api/cases/{case_id}"
    refused = await maria.post(f"{case}/reply", json={"text": "still there?"})
    assert refused.json()["code"] == "not_yours"  # one voice at a time
    noted = await maria.post(f"{case}/notes", json={"text": "She will send the receipt."})
    assert noted.status_code == 200
    closed = await maria.post(f"{case}/close", json={"outcome": "resolved"})
    assert closed.status_code == 200
    assert (await said_to(sessions, carmen))[-1] == ["utter_agent_hung_up"]  # nothing cuts in
    late = await maria.post(f"{case}/notes", json={"text": "It came by e-mail."})
    assert late.status_code == 200
    shown = (await maria.get(case)).json()["notes"]
    assert [note["text"] for note in shown] == ["She will send the receipt.", "It came by e-mail."]


async def test_who_wants_a_person_again_after_the_talk_gets_a_new_case(
    maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    carmen, case_id = await connected(sessions, maria)
    async with transaction(sessions) as session:
        await phone.take_by_phone(session, carmen.id)
        await phone.phone_call_over(session, carmen.id, now=NOON)
    async with transaction(sessions) as session:
        again = await waits(session, carmen)
        old = await session.get_one(Case, case_id)
        assert (old.state, old.outcome) == (State.CLOSED, "spoken")
    assert again.case_id != case_id


async def test_notes_are_written_by_who_has_the_case(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, sessions: Sessions
) -> None:
    _, case_id = await connected(sessions, maria)
    refused = await radu.post(f"/desk/api/cases/{case_id}/notes", json={"text": "mine now"})
    assert refused.json()["code"] == "not_yours"


# --- calls back ---


async def wants_a_call(
    session: AsyncSession, name: str, *, now: datetime = NOON
) -> tuple[Conversation, Waiting]:
    who = await caller(session, name)
    waiting = await waits(session, who, now)
    await presses(session, who, "/queue_callback", now)
    who.closed_at = now
    await session.flush()
    return who, waiting


async def test_a_customer_is_called_once_when_it_is_their_turn(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    _, waiting = await wants_a_call(session, "CA1")
    due = await callbacks.claim_due(session, now=NOON)
    assert due is not None
    assert due.phone == PHONE
    assert await callbacks.claim_due(session, now=NOON) is None  # it is ringing already
    [attempt] = await callbacks.attempts(session, waiting.case_id)
    assert (attempt.number, attempt.state) == (1, CallbackState.CALLING)


async def test_who_is_still_on_the_line_is_not_called(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    carmen = await caller(session, "CA1")
    await waits(session, carmen)
    await presses(session, carmen, "/queue_callback")
    assert await callbacks.claim_due(session, now=NOON) is None


async def test_nobody_is_called_outside_working_hours_or_while_all_agents_are_away(
    session: AsyncSession,
) -> None:
    await wants_a_call(session, "CA1", now=SUNDAY)
    assert await callbacks.claim_due(session, now=NOON) is None  # nobody is at the desk
    await set_presence(session, uuid4(), available=True, always=True)
    assert await callbacks.claim_due(session, now=SUNDAY + timedelta(minutes=1)) is None
    assert await callbacks.claim_due(session, now=MONDAY_OPENS) is not None


async def test_only_as_many_are_called_as_can_be_answered(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    await wants_a_call(session, "CA1")
    _, second = await wants_a_call(session, "CA2")
    assert await callbacks.claim_due(session, now=NOON) is not None
    assert await callbacks.claim_due(session, now=NOON) is None
    assert await callbacks.attempts(session, second.case_id) == []


async def test_who_is_not_reached_does_not_hold_up_the_next(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    await wants_a_call(session, "CA1")
    await wants_a_call(session, "CA2")
    first = await callbacks.claim_due(session, now=NOON)
    assert first is not None
    await callbacks.ended(session, first.attempt_id, CallbackState.MACHINE, now=NOON)
    second = await callbacks.claim_due(session, now=NOON)
    assert second is not None
    assert second.attempt_id != first.attempt_id


async def test_a_machine_is_tried_again_later_and_at_most_twice(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    _, waiting = await wants_a_call(session, "CA1")
    now = NOON
    for number in (1, 2, 3):
        assert await callbacks.claim_due(session, now=now - timedelta(seconds=1)) is None
        due = await callbacks.claim_due(session, now=now)
        assert due is not None, number
        await callbacks.ended(session, due.attempt_id, CallbackState.MACHINE, now=now)
        now += callbacks.AGAIN_AFTER
    assert await callbacks.claim_due(session, now=now) is None
    case = await case_of(session, waiting)
    assert (case.state, case.outcome) == (State.CANCELLED, "not_reached")
    tried = await callbacks.attempts(session, waiting.case_id)
    assert [attempt.state for attempt in tried] == [CallbackState.MACHINE] * 3


async def test_who_accepts_waits_in_the_new_call_at_the_old_place(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    before, waiting = await wants_a_call(session, "CA1")
    await waits(session, await caller(session, "CA2"))
    due = await callbacks.claim_due(session, now=NOON)
    assert due is not None
    call = await caller(session, "CA3")
    assert await callbacks.accepted(session, due.attempt_id, call, now=NOON)
    # The end of the call back is told after the talk: it changes nothing.
    ended = await callbacks.ended(session, due.attempt_id, CallbackState.UNANSWERED, now=NOON)
    assert ended == CallbackState.ACCEPTED
    case = await case_of(session, waiting)
    assert (case.conversation_id, case.begun_in) == (call.id, before.id)
    assert (case.state, call.owner) == (State.WAITING, Owner.QUEUE)
    assert (await told(session, call))[-1] == ["utter_queue_wait_under_1"]


async def test_who_declines_is_not_called_again(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    _, waiting = await wants_a_call(session, "CA1")
    due = await callbacks.claim_due(session, now=NOON)
    assert due is not None
    await callbacks.ended(session, due.attempt_id, CallbackState.DECLINED, now=NOON)
    case = await case_of(session, waiting)
    assert (case.state, case.outcome) == (State.CANCELLED, "declined")


async def test_a_call_whose_end_was_never_told_is_tried_again(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    _, waiting = await wants_a_call(session, "CA1")
    assert await callbacks.claim_due(session, now=NOON) is not None
    later = NOON + callbacks.LOST_AFTER + timedelta(seconds=1)
    assert await callbacks.claim_due(session, now=later) is None  # given up, and due again later
    assert await callbacks.claim_due(session, now=later + callbacks.AGAIN_AFTER) is not None
    states = [attempt.state for attempt in await callbacks.attempts(session, waiting.case_id)]
    assert states == [CallbackState.LOST, CallbackState.CALLING]


async def test_the_database_itself_allows_one_call_at_a_time(
    session: AsyncSession, an_agent_is_there: None
) -> None:
    _, waiting = await wants_a_call(session, "CA1")
    await callbacks.claim_due(session, now=NOON)
    session.add(CallbackAttempt(id=uuid4(), case_id=waiting.case_id, number=2, began_at=NOON))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_the_desk_sees_every_try(maria: httpx.AsyncClient, sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await set_presence(session, uuid4(), available=True, always=True)
        _, waiting = await wants_a_call(session, "CA1")
        due = await callbacks.claim_due(session, now=NOON)
        assert due is not None
        await callbacks.ended(session, due.attempt_id, CallbackState.MACHINE, now=NOON)
    shown = (await maria.get(f"/desk/api/cases/{waiting.case_id}")).json()["callbacks"]
    assert [(one["number"], one["state"], one["text"]) for one in shown] == [
        (1, "machine", "voicemail")
    ]
