"""Asking for a person: the place in line, the menu while waiting, one voice at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    OutboundMessage,
    Owner,
    Part,
    Status,
    write,
)
from handoff.conversations.outbox import claim_next
from handoff.queue import (
    Case,
    Policy,
    State,
    Waiting,
    customer_left,
    handle_waiting_words,
    keep_policy,
    parse_hours,
    request_person,
    waiting_status,
)
from handoff.queue.repository import set_presence, take

MONDAY_NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def conversation_with(
    session: AsyncSession, name: str, *, channel: str = "telegram", phone: str | None = None
) -> Conversation:
    conversation = Conversation(
        id=uuid4(),
        channel=channel,
        address=name,
        sender=name,
        phone=phone,
        language="en",
        owner=Owner.BOT,
        epoch=1,
        dialogue={},
        created_at=MONDAY_NOON,
    )
    session.add(conversation)
    await session.flush()
    return conversation


async def ask(
    session: AsyncSession,
    conversation: Conversation,
    *,
    reason: str = "asked",
    before: tuple[Part, ...] = (),
    now: datetime = MONDAY_NOON,
) -> Waiting:
    return await request_person(
        session,
        conversation.id,
        reason=reason,
        detail={},
        customer_id=None,
        before=before,
        now=now,
    )


async def says(
    session: AsyncSession, conversation: Conversation, text: str, *, kind: str = "text"
) -> InboundMessage:
    message = InboundMessage(
        id=uuid4(),
        conversation_id=conversation.id,
        channel=conversation.channel,
        provider_message_id=str(uuid4()),
        kind=kind,
        text=text,
        data={},
        received_at=MONDAY_NOON,
    )
    session.add(message)
    await session.flush()
    return message


async def told(session: AsyncSession, conversation: Conversation) -> list[list[str]]:
    """The responses of every message to the customer, in order."""
    messages = await session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.conversation_id == conversation.id)
        .order_by(OutboundMessage.position)
    )
    return [[part["response"] for part in message.parts] for message in messages]


@pytest.fixture(autouse=True)
async def an_agent_is_there(session: AsyncSession) -> None:
    await set_presence(session, uuid4(), available=True)


async def test_the_customer_is_told_place_and_wait_and_the_bot_falls_silent(
    session: AsyncSession,
) -> None:
    elena = await conversation_with(session, "elena")
    await write(session, elena, Draft(text="one moment"), author=Author.BOT, now=MONDAY_NOON)

    waiting = await ask(session, elena, before=(Part("utter_trouble"),))

    assert (waiting.place, waiting.band, waiting.on_duty) == (1, "under_1", True)
    assert elena.owner == Owner.QUEUE
    # The bot's words were written before: they are overtaken at the moment of sending.
    sent = await claim_next(session, channels=["telegram"], conversation_id=elena.id)
    assert sent is not None
    assert [part["response"] for part in sent.parts] == [
        "utter_trouble",
        "utter_queue_joined",
        "utter_queue_wait_under_1",
    ]
    late = await session.scalar(
        select(OutboundMessage.status).where(OutboundMessage.text == "one moment")
    )
    assert late == Status.DROPPED


async def test_asking_again_while_waiting_changes_nothing(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")
    first = await ask(session, elena)
    epoch = elena.epoch

    again = await ask(session, elena, reason="distress")

    assert again == first
    assert elena.epoch == epoch
    assert len(await told(session, elena)) == 1


async def test_an_unknown_reason_is_refused(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")
    with pytest.raises(ValueError, match="whim"):
        await ask(session, elena, reason="whim")


async def test_distress_goes_before_those_who_came_earlier(session: AsyncSession) -> None:
    ana = await conversation_with(session, "ana")
    bogdan = await conversation_with(session, "bogdan")
    await ask(session, ana)
    assert (await ask(session, bogdan, reason="distress")).place == 1

    status = await waiting_status(session, ana.id, MONDAY_NOON)

    assert status is not None
    assert (status.place, status.band) == (2, "3_to_10")  # one ahead of the only agent, 4 min


async def test_nobody_on_duty_says_when(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")

    waiting = await ask(session, elena, now=SUNDAY)

    assert not waiting.on_duty
    assert str(waiting.opens_at) == "2026-11-23 08:00:00+02:00"
    assert await told(session, elena) == [["utter_queue_closed"]]
    message = await session.scalar(select(OutboundMessage))
    assert message is not None
    assert message.parts[0]["values"] == {
        "place": "1",
        "opens_day": {"date": "2026-11-23"},
        "opens_time": {"time": "08:00"},
    }


async def test_hours_are_the_policy_kept_in_the_database(session: AsyncSession) -> None:
    await keep_policy(session, Policy(hours=parse_hours("always")))
    elena = await conversation_with(session, "elena")
    assert (await ask(session, elena, now=SUNDAY)).on_duty


async def test_an_empty_desk_within_hours_is_said_honestly(session: AsyncSession) -> None:
    await session.execute(Case.metadata.tables["agent_presence"].delete())
    elena = await conversation_with(session, "elena")

    waiting = await ask(session, elena)

    assert (waiting.on_duty, waiting.opens_at) == (False, None)
    assert await told(session, elena) == [["utter_queue_unattended"]]


async def test_keep_waiting_tells_the_place_again(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")
    await ask(session, elena)
    pressed = await says(session, elena, "", kind="button")

    answered = await handle_waiting_words(
        session, elena, pressed, payload="/queue_wait", now=MONDAY_NOON
    )

    assert answered
    assert (await told(session, elena))[-1] == ["utter_queue_wait_under_1"]


async def test_cancelling_returns_the_customer_to_the_bot(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")
    waiting = await ask(session, elena)
    pressed = await says(session, elena, "", kind="button")

    await handle_waiting_words(session, elena, pressed, payload="/queue_cancel", now=MONDAY_NOON)

    case = await session.get_one(Case, waiting.case_id)
    assert (case.state, case.outcome) == (State.CANCELLED, "cancelled_by_customer")
    assert elena.owner == Owner.BOT
    assert await waiting_status(session, elena.id, MONDAY_NOON) is None
    # Both are said: the announcement is the queue's, the rest the bot's with the new epoch.
    first = await claim_next(session, channels=["telegram"], conversation_id=elena.id)
    assert first is not None
    first.status = Status.SENT
    await session.flush()
    second = await claim_next(session, channels=["telegram"], conversation_id=elena.id)
    assert second is not None
    assert second.parts[0]["response"] == "utter_queue_cancelled"


async def test_a_caller_who_wants_to_be_called_keeps_the_place_and_hangs_up(
    session: AsyncSession,
) -> None:
    carmen = await conversation_with(session, "CA1", channel="voice", phone="+40721000003")
    waiting = await ask(session, carmen)
    key = await says(session, carmen, "2", kind="keys")

    await handle_waiting_words(session, carmen, key, payload="/queue_callback", now=MONDAY_NOON)
    await customer_left(session, carmen.id, now=MONDAY_NOON)

    case = await session.get_one(Case, waiting.case_id)
    assert (case.state, case.callback_at) == (State.WAITING, MONDAY_NOON)
    newest = await session.scalar(
        select(OutboundMessage).order_by(OutboundMessage.position.desc()).limit(1)
    )
    assert newest is not None
    assert newest.options["hang_up"] is True


async def test_a_hidden_unknown_caller_cannot_be_called_back(session: AsyncSession) -> None:
    mihai = await conversation_with(session, "CA2", channel="voice")
    await ask(session, mihai)
    key = await says(session, mihai, "2", kind="keys")

    await handle_waiting_words(session, mihai, key, payload="/queue_callback", now=MONDAY_NOON)

    assert (await told(session, mihai))[-1] == ["utter_queue_callback_no_number"]


async def test_a_caller_who_hangs_up_leaves_the_line(session: AsyncSession) -> None:
    carmen = await conversation_with(session, "CA3", channel="voice", phone="+40721000003")
    waiting = await ask(session, carmen)

    await customer_left(session, carmen.id, now=MONDAY_NOON)

    case = await session.get_one(Case, waiting.case_id)
    assert (case.state, case.outcome) == (State.CANCELLED, "left")


async def test_other_words_go_to_the_desk_and_are_acknowledged_once_a_minute(
    session: AsyncSession,
) -> None:
    elena = await conversation_with(session, "elena")
    await ask(session, elena)

    for second in (0, 30, 61):
        message = await says(session, elena, "are you there?")
        now = MONDAY_NOON.replace(minute=second // 60, second=second % 60)
        assert not await handle_waiting_words(session, elena, message, payload=None, now=now)

    assert (await told(session, elena))[1:] == [["utter_queue_passed_on"]] * 2


async def test_silence_on_the_phone_is_not_for_the_desk(session: AsyncSession) -> None:
    carmen = await conversation_with(session, "CA4", channel="voice", phone="+40721000003")
    await ask(session, carmen)
    silence = await says(session, carmen, "", kind="silence")

    assert await handle_waiting_words(session, carmen, silence, payload=None, now=MONDAY_NOON)
    assert len(await told(session, carmen)) == 1


async def test_only_one_of_two_takes_wins(session: AsyncSession) -> None:
    elena = await conversation_with(session, "elena")
    waiting = await ask(session, elena)

    assert await take(session, waiting.case_id, uuid4(), now=MONDAY_NOON)
    assert not await take(session, waiting.case_id, uuid4(), now=MONDAY_NOON)
