"""A message comes in once, and a conversation has one turn at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from billing_backend.db import Sessions, transaction
from handoff.conversations import Conversation, Stored, inbox, open_conversation, receive

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LEASE = timedelta(seconds=30)


async def arrive(sessions: Sessions, words: str, *, address: str = "4001", ref: str) -> Stored:
    async with transaction(sessions) as session:
        conversation = await open_conversation(
            session,
            channel="telegram",
            address=address,
            sender=address,
            phone=None,
            language_hint=None,
            now=NOW,
        )
        return await receive(
            session,
            conversation,
            provider_message_id=ref,
            kind="text",
            text=words,
            data={},
            now=NOW,
        )


async def claim(sessions: Sessions) -> inbox.Claim | None:
    async with transaction(sessions) as session:
        claims = await inbox.claim_turns(session, lease=LEASE, at_most=1)
        return claims[0] if claims else None


async def finish(sessions: Sessions, taken: inbox.Claim) -> None:
    async with transaction(sessions) as session:
        assert await inbox.holds(session, taken) is not None
        await inbox.finish_turn(session, taken, outcome="answered", now=NOW)


async def test_a_repeated_delivery_is_the_same_message(sessions: Sessions) -> None:
    first = await arrive(sessions, "cât am de plată?", ref="m1")
    again = await arrive(sessions, "cât am de plată?", ref="m1")
    assert not first.repeated
    assert again.repeated
    assert again.message_id == first.message_id


async def test_the_answer_given_is_remembered_for_a_repeated_delivery(sessions: Sessions) -> None:
    first = await arrive(sessions, "alo", ref="call:1")
    async with transaction(sessions) as session:
        await inbox.remember_answer(session, first.message_id, "<Response/>")
    assert (await arrive(sessions, "alo", ref="call:1")).answer == "<Response/>"


async def test_two_first_messages_at_once_begin_one_conversation(sessions: Sessions) -> None:
    stored = await asyncio.gather(
        *(arrive(sessions, "salut", ref=f"m{number}") for number in range(8))
    )
    assert len({one.conversation_id for one in stored}) == 1


async def test_a_conversation_has_one_turn_at_a_time_and_in_order(sessions: Sessions) -> None:
    first = await arrive(sessions, "unu", ref="m1")
    second = await arrive(sessions, "doi", ref="m2")
    taken = await claim(sessions)
    assert taken is not None
    assert taken.message_id == first.message_id
    assert await claim(sessions) is None
    await finish(sessions, taken)
    after = await claim(sessions)
    assert after is not None
    assert after.message_id == second.message_id


async def test_conversations_do_not_wait_for_each_other(sessions: Sessions) -> None:
    for address in ("1", "2", "3"):
        await arrive(sessions, "salut", address=address, ref=f"m{address}")
    taken = [await claim(sessions) for _ in range(3)]
    assert len({one.conversation_id for one in taken if one}) == 3


async def test_many_workers_never_share_a_message(sessions: Sessions) -> None:
    for number in range(40):
        await arrive(sessions, "x", address=str(number % 10), ref=f"m{number}")
    handled: list[inbox.Claim] = []

    async def work() -> None:
        while True:
            taken = await claim(sessions)
            if taken is None:
                return
            handled.append(taken)
            await finish(sessions, taken)

    await asyncio.gather(*(work() for _ in range(6)))
    # A worker may find nothing while others still hold conversations: finish the rest.
    await work()
    assert len(handled) == 40
    assert len({one.message_id for one in handled}) == 40


async def test_an_expired_lease_is_taken_over_and_the_late_worker_is_refused(
    sessions: Sessions,
) -> None:
    await arrive(sessions, "salut", ref="m1")
    slow = await claim(sessions)
    assert slow is not None
    async with transaction(sessions) as session:
        await session.execute(
            text("UPDATE conversation SET lease_until = clock_timestamp() - interval '1 second'")
        )
    quick = await claim(sessions)
    assert quick is not None
    assert quick.message_id == slow.message_id
    async with transaction(sessions) as session:
        assert await inbox.holds(session, slow) is None
        assert await inbox.holds(session, quick) is not None


async def test_a_postponed_message_keeps_its_place_before_later_ones(sessions: Sessions) -> None:
    await arrive(sessions, "unu", ref="m1")
    await arrive(sessions, "doi", ref="m2")
    taken = await claim(sessions)
    assert taken is not None
    async with transaction(sessions) as session:
        await inbox.postpone_turn(session, taken, delay=timedelta(hours=1))
    assert await claim(sessions) is None


async def test_a_closed_conversation_is_followed_by_a_new_one(sessions: Sessions) -> None:
    first = await arrive(sessions, "pa", ref="m1")
    async with transaction(sessions) as session:
        conversation = await session.get_one(Conversation, first.conversation_id)
        conversation.closed_at = NOW
    assert (await arrive(sessions, "salut", ref="m2")).conversation_id != first.conversation_id
