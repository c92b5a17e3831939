"""Which messages did not arrive, why, and what can an agent do about it?"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from handoff.conversations import Conversation, OutboundMessage, Status
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.desk import formats, repository
from handoff.desk.account import customer_of
from handoff.desk.models import Agent
from handoff.desk.shapes import QueueView, UndeliveredView
from handoff.desk.texts import catalogue, label, text
from handoff.desk.view import Viewer, facts_of, queue_view, worded
from handoff.queue import repository as queue

_LISTED = 20
# What nobody dealt with in a week nobody will.
_KEPT = timedelta(days=7)
_SNIPPET = 120


class UnknownMessage(LookupError):
    """There is no such undelivered message: read the list again."""


async def all_lists(session: AsyncSession, viewer: Viewer) -> QueueView:
    """Who waits, who is being answered, and what did not arrive."""
    lists = await queue_view(session, viewer)
    return lists.model_copy(update={"undelivered": await undelivered(session, viewer)})


async def undelivered(session: AsyncSession, viewer: Viewer) -> list[UndeliveredView]:
    """The newest first, without those that somebody has dealt with."""
    found = await repository.undelivered(session, since=viewer.now - _KEPT, at_most=_LISTED)
    return [await _line(session, viewer, message, conversation) for message, conversation in found]


async def attend(session: AsyncSession, agent: Agent, message_id: UUID, *, now: datetime) -> None:
    """Somebody has dealt with it: it leaves the list. Raises UnknownMessage; twice is no error."""
    message = await session.get(OutboundMessage, message_id, with_for_update=True)
    if message is None or message.status not in (Status.FAILED, Status.UNKNOWN):
        raise UnknownMessage
    if message.attended_at is not None:
        return
    message.attended_at = now
    await record(
        session,
        actor=agent.email,
        action="message.attended",
        subject=f"conversation:{message.conversation_id}",
        details={"message": str(message.id), "failure": message.failure},
        now=now,
    )
    await ring(session, WAKE_DESK, str(message.conversation_id))


async def _line(
    session: AsyncSession, viewer: Viewer, message: OutboundMessage, conversation: Conversation
) -> UndeliveredView:
    language, reason = viewer.language, message.failure or message.status
    case = await queue.open_case(session, conversation.id)
    known = await viewer.billing.identification(session, conversation.id, now=viewer.now)
    facts = await facts_of(
        session, viewer, customer_of(known, case.customer_id if case is not None else None)
    )
    said = worded(message.text, message.parts, conversation, viewer)
    return UndeliveredView(
        message_id=message.id,
        case_id=None if case is None else case.id,
        state=message.status,
        channel=conversation.channel,
        customer=facts.name if facts else text("queue.unknown_customer", language),
        phone=conversation.phone or (facts.phone if facts else None),
        moment=formats.moment(message.created_at, language, viewer.zone),
        text=said[:_SNIPPET],
        reason=reason,
        reason_text=label("undelivered.reason", reason, language),
        advice_text=_advice(message.status, reason, language),
    )


def _advice(state: str, reason: str, language: str) -> str:
    """What can be done: by the reason, where it says something; else by the state."""
    by_reason = f"undelivered.advice.{reason}"
    return text(by_reason if by_reason in catalogue() else f"undelivered.advice.{state}", language)
