"""How does a customer come to wait for a person, and how long will it take?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Author, Conversation, Draft, Owner, Part, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import lock, to_bot, to_queue
from handoff.queue import hours, repository, rules
from handoff.queue.models import Case, Reason, State


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer's place. `place` 0: an agent is already there. `opens_at` (in the business's
    zone) is set when nobody is on duty outside business hours; `on_duty` False without it
    means that everybody has left the desk within business hours."""

    case_id: UUID
    place: int
    band: rules.Band
    on_duty: bool
    opens_at: datetime | None


async def request_person(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    reason: str,
    detail: dict[str, Any],
    customer_id: UUID | None,
    before: Sequence[Part] = (),
    now: datetime,
) -> Waiting:
    """Bring in a person: the conversation goes to the queue and the customer is told.

    `before` is what else there is to say (an apology, say), in the same message. While a case is
    open nothing happens again and the present place is answered; who keeps a place while the
    assistant helps waits again. Raises ValueError for a reason that is not one of `Reason`,
    LookupError for an unknown conversation.
    """
    conversation = await lock(session, conversation_id)
    found = await repository.open_case(session, conversation_id)
    if found is not None and not await _spoken_with(session, found, conversation, now):
        return await _come_back(session, found, conversation, now)
    case = await repository.add_case(
        session,
        conversation_id,
        reason=Reason(reason),
        detail=detail,
        priority=rules.priority(Reason(reason)),
        customer_id=customer_id,
        now=now,
    )
    to_queue(conversation)
    conversation.expects = None
    await session.flush()
    waiting = await waiting_of(session, case, now)
    remember_announced(case, waiting, now)
    # "I'm bringing somebody in" would be untrue while nobody is there.
    joined = [Part("utter_queue_joined")] if waiting.on_duty else []
    parts = [*before, *joined, status_part(waiting)]
    await write(session, conversation, Draft(parts=parts), author=Author.QUEUE, now=now)
    await ring(session, WAKE_DESK, str(conversation.id))
    return waiting


async def _spoken_with(
    session: AsyncSession, case: Case, conversation: Conversation, now: datetime
) -> bool:
    """Whether the case is of a talk by phone that is over; then it ends: a new one may begin."""
    if case.spoken_at is None or conversation.owner != Owner.BOT:
        return False
    await repository.end_case(session, case, State.CLOSED, outcome="spoken", now=now)
    return True


async def _come_back(
    session: AsyncSession, case: Case, conversation: Conversation, now: datetime
) -> Waiting:
    waiting = await waiting_of(session, case, now)
    if conversation.owner == Owner.BOT and case.state == State.WAITING:
        to_queue(conversation)
        conversation.expects = None
        remember_announced(case, waiting, now)
        await session.flush()
        draft = Draft(parts=[status_part(waiting)])
        await write(session, conversation, draft, author=Author.QUEUE, now=now)
        await ring(session, WAKE_DESK, str(conversation.id))
    return waiting


async def announce_change(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> bool:
    """Tell a caller who waits how the line stands, if that changed and they have not just heard
    of it. Whether they are told."""
    seen = await repository.open_case(session, conversation_id)
    if (
        seen is None
        or seen.state != State.WAITING
        or not rules.may_announce(seen.announced_at, now)
    ):
        return False
    conversation = await lock(session, conversation_id)
    case = await repository.open_case(session, conversation_id)
    if case is None or case.state != State.WAITING or conversation.owner != Owner.QUEUE:
        return False
    waiting = await waiting_of(session, case, now)
    if _told(waiting) == case.announced:
        return False
    remember_announced(case, waiting, now)
    draft = Draft(parts=[update_part(waiting)])
    await write(session, conversation, draft, author=Author.QUEUE, now=now)
    return True


def remember_announced(case: Case, waiting: Waiting, now: datetime) -> None:
    """The customer is told so now."""
    case.announced, case.announced_at = _told(waiting), now


def _told(waiting: Waiting) -> dict[str, Any]:
    opens_at = waiting.opens_at.isoformat() if waiting.opens_at else None
    on_duty = waiting.on_duty
    return {
        "place": waiting.place,
        "band": waiting.band if on_duty else None,
        "on_duty": on_duty,
        "opens_at": opens_at,
    }


def update_part(waiting: Waiting) -> Part:
    """Shorter than the first announcement; its keys go on meaning the same."""
    if not waiting.on_duty:
        return status_part(waiting)
    return Part(f"utter_queue_update_{waiting.band}", {"place": str(waiting.place)})


async def waiting_status(
    session: AsyncSession, conversation_id: UUID, now: datetime
) -> Waiting | None:
    """The present place, for the phone's waiting loop; None when no case is open."""
    case = await repository.open_case(session, conversation_id)
    return None if case is None else await waiting_of(session, case, now)


async def waiting_of(session: AsyncSession, case: Case, now: datetime) -> Waiting:
    """Place, expected wait and duty of an open case."""
    policy = await repository.policy(session)
    staff = await repository.staff(session)
    place = await repository.place(session, case) if case.state == State.WAITING else 0
    handling = rules.average_handling(
        await repository.handling_times(session), policy.expected_handling
    )
    opens_at = hours.closed_until(policy.hours, now, zone=policy.zone, closed_on=policy.closed_on)
    return Waiting(
        case_id=case.id,
        place=place,
        band=rules.band(rules.expected_wait(place, staff, handling)),
        on_duty=opens_at is None and staff.available > 0,
        opens_at=opens_at,
    )


def status_part(waiting: Waiting) -> Part:
    """Place and wait, or when somebody is back: the words for a waiting customer."""
    place = {"place": str(waiting.place)}
    if waiting.opens_at is not None:
        opens = {
            "opens_day": {"date": waiting.opens_at.date().isoformat()},
            "opens_time": {"time": f"{waiting.opens_at:%H:%M}"},
        }
        return Part("utter_queue_closed", place | opens)
    if not waiting.on_duty:
        return Part("utter_queue_unattended", place)
    return Part(f"utter_queue_wait_{waiting.band}", place)


async def move_case(session: AsyncSession, case: Case, conversation: Conversation) -> None:
    """The case goes on in another conversation with the customer, at its place; what was said
    before stays with it."""
    case.begun_in = case.begun_in or case.conversation_id
    case.conversation_id = conversation.id
    to_queue(conversation)
    conversation.expects = None
    await session.flush()


async def customer_left(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """The caller hung up: a waiting case ends, unless we are to call back."""
    conversation = await lock(session, conversation_id)
    case = await repository.open_case(session, conversation_id)
    if case is not None and case.state == State.WAITING and case.callback_at is None:
        await repository.end_case(session, case, State.CANCELLED, outcome="left", now=now)
        # On Telegram they may come back: nobody waits for a person any more then.
        to_bot(conversation)
