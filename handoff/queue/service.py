"""How does a customer come to wait for a person, and how long will it take?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Author, Draft, Part, write
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
    open nothing happens again and the present place is answered. Raises ValueError for a reason
    that is not one of `Reason`, LookupError for an unknown conversation.
    """
    conversation = await lock(session, conversation_id)
    found = await repository.open_case(session, conversation_id)
    if found is not None:
        return await waiting_of(session, found, now)
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
    # "I'm bringing somebody in" would be untrue while nobody is there.
    joined = [Part("utter_queue_joined")] if waiting.on_duty else []
    parts = [*before, *joined, status_part(waiting)]
    await write(session, conversation, Draft(parts=parts), author=Author.QUEUE, now=now)
    await ring(session, WAKE_DESK, str(conversation.id))
    return waiting


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
            "opens_time": f"{waiting.opens_at.hour}:{waiting.opens_at.minute:02}",
        }
        return Part("utter_queue_closed", place | opens)
    if not waiting.on_duty:
        return Part("utter_queue_unattended", place)
    return Part(f"utter_queue_wait_{waiting.band}", place)


async def customer_left(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """The caller hung up: a waiting case ends, unless we are to call back."""
    conversation = await lock(session, conversation_id)
    case = await repository.open_case(session, conversation_id)
    if case is not None and case.state == State.WAITING and case.callback_at is None:
        await repository.end_case(session, case, State.CANCELLED, outcome="left", now=now)
        # On Telegram they may come back: nobody waits for a person any more then.
        to_bot(conversation)
