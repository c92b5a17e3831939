"""How fast may messages leave, and who waits because a provider asked for patience?

Decided in the statement that claims messages, on rows that all workers share: together they keep
one pace, and a message that must wait holds no sender. docs/decisions/013 has the reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal

from sqlalchemy import TextClause, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import SendPace
from handoff.conversations.outbox import CHOSEN, FIRST_IN_LINE, LOCKED, TAKE, TAKEN, Claimed

_FORGET_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Up to `burst` messages at once, and then one every `every` seconds."""

    every: float
    burst: int

    @property
    def slack(self) -> float:
        """How far ahead of its pace, in seconds, a message may still begin."""
        return (self.burst - 1) * self.every


# No limit; a pause is kept all the same.
UNLIMITED = Pace(0.0, 1)


def at_most(limit: float, *, burst: int | None = None) -> Pace:
    """The pace at which never more than `limit` messages begin in the same second, a sixth of
    them (or `burst`) at once: GCRA begins `burst` and then one every `every` seconds."""
    first = max(1, int(limit // 6)) if burst is None else burst
    return Pace(every=1 / (limit - first + 1), burst=first)


@dataclass(frozen=True, slots=True)
class Lane:
    """A way out with a pace of its own: a channel, or one of our numbers (`line`) on it.

    `lines` are all numbers of that channel: a conversation whose number is none of them goes out
    on the first one. `chat` is the pace of each single chat.
    """

    channel: str
    pace: Pace = UNLIMITED
    chat: Pace = UNLIMITED
    line: str = ""
    lines: tuple[str, ...] = ()


async def open_lanes(session: AsyncSession, lanes: Sequence[Lane]) -> None:
    """Lay down the rows at which the claimers of each lane wait for one another."""
    rows = [
        {"channel": lane.channel, "address": lane.line, "ours": True, "ready_at": func.now()}
        for lane in lanes
        if lane.pace.every
    ]
    if rows:
        await session.execute(insert(SendPace).values(rows).on_conflict_do_nothing())


async def claim(session: AsyncSession, lane: Lane, *, at_most: int) -> list[Claimed]:
    """Take the oldest messages that may leave now, one of each conversation, in one statement.

    The caller drops what was overtaken, and commits before it sends.
    """
    values = {**_named(lane), "at_most": at_most}
    rows = await session.execute(_claim_on(_side(lane)), values)
    return [Claimed(**row) for row in rows.mappings()]


async def free_in(session: AsyncSession, lane: Lane) -> float | None:
    """In how many seconds the next message may leave; None when none is waiting."""
    seconds = await session.scalar(_free_on(_side(lane)), _named(lane))
    return None if seconds is None else max(0.0, float(seconds))


async def pause(
    session: AsyncSession, lane: Lane, address: str, *, seconds: float, everywhere: bool
) -> None:
    """The provider asked for patience: with this chat, or `everywhere` with the whole lane.

    A second chat that is asked for patience at the same time tells that it is not about chats.
    """
    ours = everywhere or await _another_is_paused(session, lane, address)
    until = func.clock_timestamp() + timedelta(seconds=seconds)
    await session.execute(
        insert(SendPace)
        .values(
            channel=lane.channel,
            address=lane.line if ours else address,
            ours=ours,
            ready_at=func.clock_timestamp(),
            paused_until=until,
        )
        .on_conflict_do_update(
            index_elements=["channel", "address", "ours"],
            set_={"paused_until": func.greatest(SendPace.paused_until, until)},
        )
    )


async def spend(session: AsyncSession, lane: Lane, messages: int) -> None:
    """Count what a message cost beyond one: the segments of a long SMS."""
    if messages <= 0 or not lane.pace.every:
        return
    await session.execute(
        text(
            "UPDATE send_pace SET ready_at = ready_at + :seconds * interval '1 second'"
            " WHERE channel = :channel AND address = :line AND ours"
        ),
        {"seconds": messages * lane.pace.every, "channel": lane.channel, "line": lane.line},
    )


async def forget_idle(session: AsyncSession) -> None:
    """Chats that were not written to for a while."""
    long_ago = func.clock_timestamp() - _FORGET_AFTER
    await session.execute(
        delete(SendPace).where(
            SendPace.ours.is_(False),
            SendPace.ready_at < long_ago,
            or_(SendPace.paused_until.is_(None), SendPace.paused_until < long_ago),
        )
    )


async def _another_is_paused(session: AsyncSession, lane: Lane, address: str) -> bool:
    found = await session.scalar(
        select(SendPace.address)
        .where(
            SendPace.channel == lane.channel,
            SendPace.ours.is_(False),
            SendPace.address != address,
            SendPace.paused_until > func.clock_timestamp(),
        )
        .limit(1)
    )
    return found is not None


def _named(lane: Lane) -> dict[str, object]:
    return {
        "channel": lane.channel,
        "line": lane.line,
        "others": [line for line in lane.lines if line != lane.line],
        "every": float(lane.pace.every),
        "slack": float(lane.pace.slack),
        "chat_every": float(lane.chat.every),
        "chat_slack": float(lane.chat.slack),
    }


# Which conversations go out on a lane: all of its channel, or by the number that they wrote to.
# (One expression for the three would hide from the planner how many that are.)
_Side = Literal["all", "default", "one"]
_ON_THE_LANE: dict[_Side, str] = {
    "all": "true",
    "default": "(c.line IS NULL OR c.line <> ALL(CAST(:others AS text[])))",
    "one": "c.line = :line",
}


def _side(lane: Lane) -> _Side:
    if not lane.lines:
        return "all"
    return "default" if lane.line == lane.lines[0] else "one"


@cache
def _claim_on(side: _Side) -> TextClause:
    """Claimers of one lane wait for one another at its row, for as long as the statement takes:
    who comes second sees what the first one used up. A chat's row is looked up message by message,
    because there are as many as chats."""
    return text(
        f"""
        WITH lane AS MATERIALIZED (
            SELECT ready_at, paused_until FROM send_pace
            WHERE channel = :channel AND address = :line AND ours
            FOR UPDATE
        ), room AS (
            SELECT CASE
                WHEN max(paused_until) > clock_timestamp() THEN 0
                WHEN CAST(:every AS float) = 0 THEN CAST(:at_most AS bigint)
                ELSE least(CAST(:at_most AS bigint), CAST(floor(1 + (:slack - greatest(0,
                    coalesce(extract(epoch FROM max(ready_at) - clock_timestamp()), 0)
                )) / :every) AS bigint))
            END AS places
            FROM lane
        ), next AS (
            SELECT {CHOSEN}
            FROM outbound_message AS m
            JOIN conversation AS c ON c.id = m.conversation_id
            WHERE m.channel = :channel
              AND {_ON_THE_LANE[side]}
              AND coalesce((
                  SELECT coalesce(chat.paused_until <= clock_timestamp(), true)
                      AND chat.ready_at <= clock_timestamp() + :chat_slack * interval '1 second'
                  FROM send_pace AS chat
                  WHERE chat.channel = m.channel AND chat.address = c.address AND NOT chat.ours
              ), true)
              AND {FIRST_IN_LINE}
            ORDER BY m.position
            LIMIT (SELECT greatest(places, 0) FROM room)
            {LOCKED}
        ), taken AS (
            UPDATE outbound_message AS o SET {TAKE}
            FROM next
            WHERE o.id = next.id
            RETURNING {TAKEN}
        ), used AS (
            SELECT :channel AS channel, :line AS address, true AS ours, count(*) * :every AS seconds
            FROM taken HAVING count(*) > 0 AND CAST(:every AS float) > 0
            UNION ALL
            SELECT DISTINCT :channel, address, false, :chat_every
            FROM taken WHERE CAST(:chat_every AS float) > 0
        ), paced AS (
            INSERT INTO send_pace AS pace (channel, address, ours, ready_at)
            SELECT channel, address, ours, clock_timestamp() + seconds * interval '1 second'
            FROM used
            ON CONFLICT (channel, address, ours) DO UPDATE
            SET ready_at = excluded.ready_at
                + greatest(interval '0', pace.ready_at - clock_timestamp())
        )
        SELECT * FROM taken
        """  # noqa: S608 - put together from words of our own
    )


@cache
def _free_on(side: _Side) -> TextClause:
    """Looks at the oldest hundred: where more are waiting, one of them goes first anyway."""
    return text(
        f"""
        SELECT extract(epoch FROM min(greatest(
            m.not_before,
            chat.paused_until,
            chat.ready_at - :chat_slack * interval '1 second',
            lane.paused_until,
            lane.ready_at - :slack * interval '1 second',
            clock_timestamp()
        )) - clock_timestamp())
        FROM (
            SELECT DISTINCT ON (conversation_id) * FROM (
                SELECT * FROM outbound_message
                WHERE channel = :channel AND status = 'queued'
                ORDER BY position LIMIT 100
            ) AS oldest
            ORDER BY conversation_id, position
        ) AS m
        JOIN conversation AS c ON c.id = m.conversation_id
        LEFT JOIN send_pace AS chat
            ON chat.channel = m.channel AND chat.address = c.address AND NOT chat.ours
        LEFT JOIN send_pace AS lane
            ON lane.channel = :channel AND lane.address = :line AND lane.ours
        WHERE {_ON_THE_LANE[side]}
          AND NOT EXISTS (
              SELECT FROM outbound_message AS earlier
              WHERE earlier.conversation_id = m.conversation_id
                AND earlier.position < m.position AND earlier.status = 'sending'
          )
        """  # noqa: S608 - put together from words of our own
    )
