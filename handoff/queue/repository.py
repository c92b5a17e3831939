"""Every question that the queue asks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.bell import WAKE_DESK, ring
from handoff.queue.hours import parse_hours
from handoff.queue.models import AgentPresence, Case, QueuePolicyRow, Reason, State
from handoff.queue.rules import Policy, Staff

PRESENT_FOR = timedelta(seconds=60)
_OPEN = (State.WAITING, State.WITH_AGENT)
_MEASURED_CASES = 50


async def open_case(session: AsyncSession, conversation_id: UUID) -> Case | None:
    """The case of a conversation that is not over yet."""
    return await session.scalar(
        select(Case).where(Case.conversation_id == conversation_id, Case.state.in_(_OPEN))
    )


async def case(session: AsyncSession, case_id: UUID) -> Case | None:
    return await session.scalar(
        select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
    )


async def last_case(session: AsyncSession, conversation_id: UUID) -> Case | None:
    """The newest case of a conversation, open or over."""
    return await session.scalar(
        select(Case)
        .where(Case.conversation_id == conversation_id)
        .order_by(Case.number.desc())
        .limit(1)
    )


async def add_case(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    reason: Reason,
    detail: dict[str, Any],
    priority: int,
    customer_id: UUID | None,
    now: datetime,
) -> Case:
    added = Case(
        id=uuid4(),
        conversation_id=conversation_id,
        customer_id=customer_id,
        reason=reason,
        detail=detail,
        priority=priority,
        state=State.WAITING,
        granted=[],
        created_at=now,
    )
    session.add(added)
    await session.flush()
    return added


async def place(session: AsyncSession, waiting: Case) -> int:
    """The case's place in line; 1 is next."""
    ahead = await session.scalar(
        select(func.count())
        .select_from(Case)
        .where(
            Case.state == State.WAITING,
            tuple_(Case.priority, Case.number) < (waiting.priority, waiting.number),
        )
    )
    return (ahead or 0) + 1


async def line(session: AsyncSession) -> Sequence[Case]:
    """Who waits, next one first."""
    rows = await session.scalars(
        select(Case).where(Case.state == State.WAITING).order_by(Case.priority, Case.number)
    )
    return rows.all()


async def with_agent(session: AsyncSession, agent_id: UUID | None = None) -> Sequence[Case]:
    """Cases being answered now: by this agent, or by anybody."""
    query = select(Case).where(Case.state == State.WITH_AGENT).order_by(Case.taken_at)
    if agent_id is not None:
        query = query.where(Case.agent_id == agent_id)
    return (await session.scalars(query)).all()


async def take(session: AsyncSession, case_id: UUID, agent_id: UUID, *, now: datetime) -> bool:
    """Give a waiting case to an agent; False when it is not waiting any more."""
    taken = await session.execute(
        update(Case)
        .where(Case.id == case_id, Case.state == State.WAITING)
        .values(state=State.WITH_AGENT, agent_id=agent_id, taken_at=now)
        .returning(Case.id)
    )
    return taken.one_or_none() is not None


async def end_case(
    session: AsyncSession, ended: Case, state: State, *, outcome: str, now: datetime
) -> None:
    """The case is over; the desk sees it go."""
    ended.state, ended.outcome, ended.closed_at = state, outcome, now
    await session.flush()
    await ring(session, WAKE_DESK, str(ended.conversation_id))


async def staff(session: AsyncSession) -> Staff:
    """Agents who are at the desk and take cases now, by real time."""
    present = select(AgentPresence.agent_id).where(
        AgentPresence.available, or_(AgentPresence.always, _seen_lately())
    )
    available = await session.scalar(select(func.count()).select_from(present.subquery()))
    busy = await session.scalar(
        select(func.count(Case.agent_id.distinct())).where(
            Case.state == State.WITH_AGENT, Case.agent_id.in_(present)
        )
    )
    return Staff(available=available or 0, busy=busy or 0)


async def seen(session: AsyncSession, agent_id: UUID) -> None:
    """An agent did something at the desk."""
    await session.execute(
        insert(AgentPresence)
        .values(agent_id=agent_id, available=True, always=False, seen_at=func.clock_timestamp())
        .on_conflict_do_update(
            index_elements=["agent_id"], set_={"seen_at": func.clock_timestamp()}
        )
    )


async def set_presence(
    session: AsyncSession, agent_id: UUID, *, available: bool, always: bool | None = None
) -> None:
    changes: dict[str, Any] = {"available": available, "seen_at": func.clock_timestamp()}
    if always is not None:
        changes["always"] = always
    await session.execute(
        insert(AgentPresence)
        .values({"agent_id": agent_id, "always": bool(always), **changes})
        .on_conflict_do_update(index_elements=["agent_id"], set_=changes)
    )
    await ring(session, WAKE_DESK)


async def presence(session: AsyncSession, agent_id: UUID) -> AgentPresence | None:
    return await session.get(AgentPresence, agent_id, populate_existing=True)


async def handling_times(session: AsyncSession) -> Sequence[timedelta]:
    """How long the latest finished conversations with a person took."""
    rows = await session.execute(
        select(Case.taken_at, Case.closed_at)
        .where(Case.state == State.CLOSED)
        .order_by(Case.closed_at.desc())
        .limit(_MEASURED_CASES)
    )
    return [closed - taken for taken, closed in rows if taken and closed]


async def policy(session: AsyncSession) -> Policy:
    row = await session.get(QueuePolicyRow, 1)
    if row is None:
        return Policy()
    return Policy(
        hours=parse_hours(row.hours),
        zone=row.zone,
        closed_on=frozenset(date.fromisoformat(day) for day in row.closed_on),
        expected_handling=timedelta(seconds=row.handling_seconds),
    )


async def keep_policy(session: AsyncSession, kept: Policy) -> None:
    """Make this the policy of every process from now on."""
    values = {
        "hours": kept.hours.written,
        "zone": kept.zone,
        "closed_on": sorted(day.isoformat() for day in kept.closed_on),
        "handling_seconds": int(kept.expected_handling.total_seconds()),
    }
    await session.execute(
        insert(QueuePolicyRow)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _seen_lately() -> Any:
    return AgentPresence.seen_at > func.clock_timestamp() - PRESENT_FOR
