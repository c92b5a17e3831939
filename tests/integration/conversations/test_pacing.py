"""All workers together keep one pace, and who must wait holds up nobody else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text, update

from billing_backend.db import Sessions, transaction
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Status,
    open_conversation,
    outbox,
    pacing,
    write,
)
from handoff.conversations.models import SendPace
from handoff.conversations.pacing import Lane, Pace, at_most

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TELEGRAM = Lane("telegram", at_most(30))
ANA, BOGDAN, CARMEN = "4001", "4002", "4003"


async def say(
    sessions: Sessions, *addresses: str, channel: str = "telegram", line: str | None = None
) -> None:
    async with transaction(sessions) as session:
        for address in addresses:
            conversation = await open_conversation(
                session,
                channel=channel,
                address=address,
                sender=address,
                phone=None,
                language_hint="ro",
                now=NOW,
            )
            conversation.line = line
            await write(session, conversation, Draft(text="da"), author=Author.BOT, now=NOW)


async def claim(sessions: Sessions, lane: Lane, at_most: int = 100) -> list[str]:
    async with transaction(sessions) as session:
        taken = await pacing.claim(session, lane, at_most=at_most)
        return [each.address for each in taken]


async def all_sent(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.status == Status.SENDING)
            .values(status=Status.SENT)
        )


async def time_passes(sessions: Sessions, seconds: float) -> None:
    """For the pace: its moments are of the database's own clock."""
    async with transaction(sessions) as session:
        await session.execute(
            text(
                "UPDATE send_pace SET ready_at = ready_at - :s * interval '1 second',"
                " paused_until = paused_until - :s * interval '1 second'"
            ),
            {"s": seconds},
        )


async def pause(
    sessions: Sessions, lane: Lane, address: str, *, seconds: float = 7, everywhere: bool = False
) -> None:
    async with transaction(sessions) as session:
        await pacing.pause(session, lane, address, seconds=seconds, everywhere=everywhere)


@pytest.mark.parametrize("limit", [0.5, 1, 5, 6, 12, 30, 1000])
def test_no_second_ever_sees_more_than_the_limit(limit: float) -> None:
    """From the first burst on, messages begin as soon as the pace lets them."""
    pace = at_most(limit)
    ready_at, now, begun = 0.0, 0.0, []
    while now < 3:
        begun.append(now)
        ready_at = max(ready_at, now) + pace.every
        now = max(now, ready_at - pace.slack)
    for first in begun:
        inside = [each for each in begun if first <= each < first + 1 - 1e-6]
        assert len(inside) <= max(1, limit)


async def test_two_workers_together_keep_the_limit(sessions: Sessions) -> None:
    lane = Lane("telegram", Pace(every=100, burst=5))
    async with transaction(sessions) as session:
        await pacing.open_lanes(session, [lane])
    await say(sessions, *(str(5000 + n) for n in range(20)))
    async with transaction(sessions) as session:
        first = await pacing.claim(session, lane, at_most=100)
        second = asyncio.create_task(claim(sessions, lane))
        while not second.done() and not await somebody_waits(sessions):
            """The second one claims, or waits for what the first one used up."""
    assert (len(first), await second) == (5, [])
    await time_passes(sessions, 200)
    assert len(await claim(sessions, lane)) == 2  # one every 100 s


async def somebody_waits(sessions: Sessions) -> bool:
    async with sessions() as session:
        return bool(await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def test_a_message_that_waits_for_its_pace_tells_when_it_may_go(sessions: Sessions) -> None:
    lane = Lane("telegram", Pace(every=10, burst=1))
    await say(sessions, ANA, BOGDAN)
    assert await claim(sessions, lane) == [ANA]
    assert await claim(sessions, lane) == []
    async with sessions() as session:
        free_in = await pacing.free_in(session, lane)
    assert free_in is not None
    assert 9 < free_in <= 10
    await time_passes(sessions, 10)
    assert await claim(sessions, lane) == [BOGDAN]


async def test_a_chat_has_a_pace_of_its_own(sessions: Sessions) -> None:
    lane = Lane("telegram", chat=Pace(every=1, burst=3))
    await say(sessions, ANA, ANA, ANA, ANA, BOGDAN)
    went: list[str] = []
    for _ in range(5):
        went += await claim(sessions, lane)
        await all_sent(sessions)
    assert (went.count(ANA), went.count(BOGDAN)) == (3, 1)
    await time_passes(sessions, 1)
    assert await claim(sessions, lane) == [ANA]


async def test_a_chat_that_is_paused_leaves_the_others_alone(sessions: Sessions) -> None:
    await pause(sessions, TELEGRAM, ANA)
    await say(sessions, ANA, BOGDAN)
    assert await claim(sessions, TELEGRAM) == [BOGDAN]
    await time_passes(sessions, 7)
    assert await claim(sessions, TELEGRAM) == [ANA]


async def test_two_chats_that_are_asked_for_patience_pause_the_whole_line(
    sessions: Sessions,
) -> None:
    await pause(sessions, TELEGRAM, ANA)
    await pause(sessions, TELEGRAM, BOGDAN)
    await say(sessions, CARMEN)
    assert await claim(sessions, TELEGRAM) == []
    await time_passes(sessions, 7)
    assert await claim(sessions, TELEGRAM) == [CARMEN]


async def test_a_line_without_a_limit_keeps_a_pause_all_the_same(sessions: Sessions) -> None:
    lane = Lane("sms")
    await pause(sessions, lane, "+40700200001", everywhere=True)
    await say(sessions, "+40700200002", channel="sms")
    await say(sessions, ANA)
    assert await claim(sessions, lane) == []
    assert await claim(sessions, Lane("telegram")) == [ANA], "another channel goes on"


async def test_a_longer_pause_is_not_cut_short_by_another(sessions: Sessions) -> None:
    await pause(sessions, TELEGRAM, ANA, seconds=60)
    await pause(sessions, TELEGRAM, ANA, seconds=1)
    await say(sessions, ANA)
    await time_passes(sessions, 30)
    assert await claim(sessions, TELEGRAM) == []


async def test_each_number_has_a_pace_of_its_own(sessions: Sessions) -> None:
    numbers = ("+40312345678", "+40312345679")
    first, second = (
        Lane("sms", Pace(every=60, burst=1), line=number, lines=numbers) for number in numbers
    )
    await say(sessions, "+40700200001", "+40700200002", channel="sms", line=numbers[0])
    await say(sessions, "+40700200003", channel="sms", line=numbers[1])
    await say(sessions, "+40700200004", channel="sms", line="+40399999999")  # given up since
    assert await claim(sessions, first) == ["+40700200001"]
    assert await claim(sessions, second) == ["+40700200003"]
    await time_passes(sessions, 60)
    assert await claim(sessions, second) == [], "it goes out on the first number"


async def test_a_long_sms_counts_by_its_parts(sessions: Sessions) -> None:
    lane = Lane("sms", at_most(1))
    await say(sessions, "+40700200001", "+40700200002", channel="sms")
    assert len(await claim(sessions, lane)) == 1
    async with transaction(sessions) as session:
        await pacing.spend(session, lane, 2)
    await time_passes(sessions, 2.5)
    assert await claim(sessions, lane) == []
    await time_passes(sessions, 0.5)
    assert len(await claim(sessions, lane)) == 1


async def test_order_is_kept_while_a_message_waits_to_be_sent_again(sessions: Sessions) -> None:
    await say(sessions, ANA, ANA, BOGDAN)
    async with transaction(sessions) as session:
        [first] = await pacing.claim(session, TELEGRAM, at_most=1)
    async with transaction(sessions) as session:
        delay = func.make_interval(0, 0, 0, 0, 1)
        await session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.id == first.id)
            .values(status=Status.QUEUED, not_before=func.clock_timestamp() + delay)
        )
    assert await claim(sessions, TELEGRAM) == [BOGDAN]


async def test_only_what_is_used_is_remembered(sessions: Sessions) -> None:
    lane = Lane("telegram", at_most(30), chat=Pace(1, 3))
    await say(sessions, ANA, BOGDAN)
    await claim(sessions, lane)
    await time_passes(sessions, 50)
    async with transaction(sessions) as session:
        await pacing.forget_idle(session)
        assert await session.scalar(select(func.count()).select_from(SendPace)) == 3
    await time_passes(sessions, 50)
    async with transaction(sessions) as session:
        await pacing.forget_idle(session)
        [left] = await session.scalars(select(SendPace))
    assert left.ours, "a line of ours stays"


async def test_how_long_the_oldest_has_waited_is_known(sessions: Sessions) -> None:
    await say(sessions, ANA)
    later = NOW.replace(minute=7)
    async with sessions() as session:
        waited = await outbox.oldest_due(session, channels=["telegram", "sms"], now=later)
        conversations = await session.scalar(select(func.count()).select_from(Conversation))
    assert {channel: each.total_seconds() for channel, each in waited.items()} == {
        "telegram": 420.0,
        "sms": 0.0,
    }
    assert conversations == 1
