"""An agent reads one history of a customer, on all channels; each conversation stays its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import select, update

from billing_backend.contract import Level
from billing_backend.db import Sessions, transaction
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    receive,
    write,
)
from handoff.queue import Case, Waiting
from tests.integration.handoff.conftest import NOON, begin


async def talked(
    sessions: Sessions, channel: str, address: str, words: str, *, over: bool = False
) -> Conversation:
    """Somebody wrote and was answered there."""
    conversation = await begin(sessions, channel, address)
    async with transaction(sessions) as session:
        await receive(
            session, conversation, provider_message_id=f"{channel}:{words}", kind="text",
            text=words, data={}, now=NOON,
        )  # fmt: skip
        await write(session, conversation, Draft(text="Am notat."), author=Author.BOT, now=NOON)
        if over:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == conversation.id)
                .values(closed_at=NOON)
            )
    return conversation


async def talks(client: httpx.AsyncClient, waiting: Waiting) -> Sequence[dict[str, Any]]:
    answer = await client.get(f"/desk/api/cases/{waiting.case_id}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["talks"]
    return found


async def test_what_was_said_on_other_channels_is_read_with_the_case(
    desk: Any,
    maria: httpx.AsyncClient,
    sessions: Sessions,
    waiting: Waiting,
    elena: Conversation,
) -> None:
    by_sms = await talked(sessions, "sms", "+40721000005", "nu pot plăti acum")
    call = await talked(sessions, "voice", "CA5", "de ce e mai mare", over=True)
    desk.billing.proved = [elena.id, call.id, by_sms.id]

    found = await talks(maria, waiting)

    assert [(each["channel"], each["live"]) for each in found] == [("voice", False), ("sms", True)]
    assert found[1]["title"] == "SMS, 23 Nov, 12:00"
    said = [(each["speaker"], each["text"]) for each in found[1]["messages"]]
    assert said == [("customer", "nu pot plăti acum"), ("bot", "Am notat.")]


async def test_who_merely_holds_the_phone_or_names_the_number_adds_nothing(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting, elena: Conversation
) -> None:
    await talked(sessions, "sms", "+40721000005", "sunt altcineva")
    desk.billing.proved = [elena.id]
    assert await talks(maria, waiting) == []


async def test_of_somebody_whom_nobody_knows_there_is_no_history(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    by_sms = await talked(sessions, "sms", "+40721000005", "nu pot plăti acum")
    desk.billing.proved = [by_sms.id]
    desk.billing.level = Level.UNKNOWN
    async with transaction(sessions) as session:
        await session.execute(update(Case).values(customer_id=None))
    assert await talks(maria, waiting) == []


async def test_a_reply_goes_out_in_the_cases_own_conversation_only(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting, elena: Conversation
) -> None:
    by_sms = await talked(sessions, "sms", "+40721000005", "nu pot plăti acum")
    desk.billing.proved = [elena.id, by_sms.id]
    await maria.post(f"/desk/api/cases/{waiting.case_id}/take")
    reply = {"text": "Bună ziua, sunt Maria."}
    answer = await maria.post(f"/desk/api/cases/{waiting.case_id}/reply", json=reply)
    assert answer.status_code == 200, answer.text
    async with sessions() as session:
        where = await session.scalars(
            select(OutboundMessage.conversation_id).where(OutboundMessage.text == reply["text"])
        )
        assert list(where) == [elena.id]


async def test_the_latest_few_are_enough(
    desk: Any, maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting
) -> None:
    calls = [await talked(sessions, "voice", f"CA{n}", "alo", over=True) for n in range(7)]
    desk.billing.proved = [call.id for call in calls]
    found = await talks(maria, waiting)
    assert [each["conversation_id"] for each in found] == [str(call.id) for call in calls[:5]]
