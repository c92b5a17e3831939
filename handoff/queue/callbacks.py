"""When is a customer who need not wait called back, and what came of it?

The call is made when it is their turn, in working hours. Three tries; after that the case ends,
and agents see what was tried. One row a try, written before the call: of two workers one calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Author, Conversation, Draft, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import lock
from handoff.queue import hours, repository
from handoff.queue.models import CallbackAttempt, CallbackState, Case, State
from handoff.queue.service import move_case, remember_announced, status_part, waiting_of

MOST_TRIES = 3
AGAIN_AFTER = timedelta(minutes=30)
# A call that nobody told the end of is over by then: it rings for half a minute at most.
LOST_AFTER = timedelta(minutes=10)
_OVER_FOR_GOOD = {CallbackState.DECLINED: "declined"}


@dataclass(frozen=True, slots=True)
class Due:
    """A customer to be called now; the try is kept already. `phone` None: the number on file."""

    attempt_id: UUID
    phone: str | None
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a try is for: the language in which they asked, and whether it is still wanted."""

    attempt_id: UUID
    language: str
    wanted: bool


async def claim_due(session: AsyncSession, *, now: datetime) -> Due | None:
    """The next customer whose turn it is, with the try written down; None when there is none.

    The caller commits before it calls anybody.
    """
    await _give_up_on_lost(session, now)
    policy = await repository.policy(session)
    if not hours.is_open(policy.hours, now, zone=policy.zone, closed_on=policy.closed_on):
        return None
    staff = await repository.staff(session)
    case = await _next(session, now) if staff.free else None
    if case is None or await _ahead(session, case, now) >= staff.free:
        return None
    tried = await session.scalar(select(func.count()).where(CallbackAttempt.case_id == case.id))
    attempt = CallbackAttempt(id=uuid4(), case_id=case.id, number=(tried or 0) + 1, began_at=now)
    session.add(attempt)
    await session.flush()
    conversation = await session.get_one(Conversation, case.conversation_id)
    await ring(session, WAKE_DESK, str(conversation.id))
    return Due(attempt.id, conversation.phone, case.customer_id)


async def called(session: AsyncSession, attempt_id: UUID) -> Called | None:
    """What a try is about, for whoever answers it; None for an unknown one."""
    attempt = await session.get(CallbackAttempt, attempt_id)
    if attempt is None:
        return None
    case = await session.get_one(Case, attempt.case_id)
    conversation = await session.get_one(Conversation, case.conversation_id)
    wanted = attempt.state == CallbackState.CALLING and case.state == State.WAITING
    return Called(attempt.id, conversation.language, wanted)


async def ended(
    session: AsyncSession, attempt_id: UUID, state: CallbackState, *, now: datetime
) -> CallbackState | None:
    """How a try ended; told twice, or too late, it changes nothing. Answers its end."""
    attempt = await _settle(session, attempt_id, state, now)
    if attempt is None:
        known = await session.get(CallbackAttempt, attempt_id, populate_existing=True)
        return known.state if known else None
    case = await session.get_one(Case, attempt.case_id, with_for_update=True)
    if case.state == State.WAITING:
        outcome = _OVER_FOR_GOOD.get(state)
        if outcome is None and attempt.number >= MOST_TRIES:
            outcome = "not_reached"
        if outcome is not None:
            await repository.end_case(session, case, State.CANCELLED, outcome=outcome, now=now)
        else:
            case.callback_due = now + AGAIN_AFTER
    await ring(session, WAKE_DESK, str(case.conversation_id))
    return state


async def accepted(
    session: AsyncSession, attempt_id: UUID, conversation: Conversation, *, now: datetime
) -> bool:
    """Somebody answered and wants to talk: the case goes on in this call, at its place. False when
    it is nobody's wish any more."""
    attempt = await _settle(session, attempt_id, CallbackState.ACCEPTED, now)
    if attempt is None:
        return False
    await lock(session, conversation.id)
    case = await session.get_one(Case, attempt.case_id, with_for_update=True)
    if case.state != State.WAITING:
        return False
    await move_case(session, case, conversation)
    case.callback_at = case.callback_due = None
    waiting = await waiting_of(session, case, now)
    remember_announced(case, waiting, now)
    await write(
        session, conversation, Draft(parts=[status_part(waiting)]), author=Author.QUEUE, now=now
    )
    await ring(session, WAKE_DESK, str(conversation.id))
    return True


async def attempts(session: AsyncSession, case_id: UUID) -> Sequence[CallbackAttempt]:
    """Every try for a case, in order."""
    rows = await session.scalars(
        select(CallbackAttempt)
        .where(CallbackAttempt.case_id == case_id)
        .order_by(CallbackAttempt.number)
    )
    return rows.all()


async def _next(session: AsyncSession, now: datetime) -> Case | None:
    """The first in line who left the phone to be called and is not being called."""
    under_way = exists().where(
        CallbackAttempt.case_id == Case.id, CallbackAttempt.state == CallbackState.CALLING
    )
    return await session.scalar(
        select(Case)
        .join(Conversation, Conversation.id == Case.conversation_id)
        .where(
            Case.state == State.WAITING,
            Case.callback_at.is_not(None),
            Case.callback_due <= now,
            Conversation.channel == "voice",
            Conversation.closed_at.is_not(None),
            ~under_way,
        )
        .order_by(Case.priority, Case.number)
        .limit(1)
        .with_for_update(of=Case, skip_locked=True)
    )


async def _ahead(session: AsyncSession, case: Case, now: datetime) -> int:
    """How many wait before this one and can be answered now: not who is to be tried later."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.state == State.WAITING,
                tuple_(Case.priority, Case.number) < (case.priority, case.number),
                or_(Case.callback_due.is_(None), Case.callback_due <= now),
            )
        )
    ) or 0


async def _settle(
    session: AsyncSession, attempt_id: UUID, state: CallbackState, now: datetime
) -> CallbackAttempt | None:
    """The try with its end, if it had none."""
    return await session.scalar(
        update(CallbackAttempt)
        .where(CallbackAttempt.id == attempt_id, CallbackAttempt.state == CallbackState.CALLING)
        .values(state=state, ended_at=now)
        .returning(CallbackAttempt)
    )


async def _give_up_on_lost(session: AsyncSession, now: datetime) -> None:
    lost = await session.scalars(
        select(CallbackAttempt.id).where(
            CallbackAttempt.state == CallbackState.CALLING,
            CallbackAttempt.began_at < now - LOST_AFTER,
        )
    )
    for attempt_id in lost.all():
        await ended(session, attempt_id, CallbackState.LOST, now=now)
