"""How is an agent's phone put through to a caller: asked first, and what when the talk is over?

The agent hears who is calling before the caller hears anything, and takes the call by a key. Who
does not answer, or does not press it, leaves the caller in the queue, at their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from billing_backend.contract import Billing
from handoff.conversations import Author, Conversation, Draft, Owner, Part, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import lock, to_bot, to_queue
from handoff.desk import repository
from handoff.desk.cases import TAKEN_BY_PHONE
from handoff.desk.models import Agent
from handoff.desk.texts import text
from handoff.desk.view import Viewer, Word, summary_of
from handoff.queue import Case, State, status_part
from handoff.queue import repository as queue
from handoff.queue.service import remember_announced, waiting_of


@dataclass(frozen=True, slots=True)
class Whisper:
    """What an agent hears before the caller is put through, in the agent's language."""

    text: str
    language: str


async def whisper(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    billing: Billing,
    word: Word,
    zone: str,
    now: datetime,
) -> Whisper | None:
    """Who calls, how they were verified, and why; None when nobody is to be put through."""
    case = await queue.open_case(session, conversation_id)
    agent = await _agent(session, case)
    if case is None or agent is None:
        return None
    viewer = Viewer(agent, billing, word, zone, now)
    who, why = await summary_of(session, viewer, case)
    return Whisper(text("whisper.call", agent.language, who=who, why=why), agent.language)


async def take_by_phone(session: AsyncSession, conversation_id: UUID) -> bool:
    """The agent pressed the key; False when the caller is gone or somebody else's by now."""
    conversation = await lock(session, conversation_id)
    if conversation.owner != Owner.AGENT or conversation.closed_at is not None:
        return False
    conversation.dialogue = {**conversation.dialogue, TAKEN_BY_PHONE: True}
    return True


async def phone_call_over(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """The agent's phone is put down, or was never taken up. Told twice, it happens once."""
    conversation = await lock(session, conversation_id)
    case = await queue.open_case(session, conversation_id)
    if conversation.owner != Owner.AGENT or case is None:
        return  # handed back or closed meanwhile
    if conversation.dialogue.get(TAKEN_BY_PHONE):
        await _talk_over(session, conversation, case, now)
    else:
        await _not_reached(session, conversation, case, now)
    await ring(session, WAKE_DESK, str(conversation.id))


async def _talk_over(
    session: AsyncSession, conversation: Conversation, case: Case, now: datetime
) -> None:
    """The caller goes on with the assistant; the case stays the agent's, to be written up."""
    case.spoken_at = now
    to_bot(conversation)
    await _say(session, conversation, Part("utter_agent_hung_up"), author=Author.BOT, now=now)
    await _note(session, conversation, case, "case.spoken_by_phone", now)


async def _not_reached(
    session: AsyncSession, conversation: Conversation, case: Case, now: datetime
) -> None:
    await _note(session, conversation, case, "case.phone_not_answered", now)
    case.state, case.agent_id, case.taken_at = State.WAITING, None, None
    to_queue(conversation)
    await session.flush()
    waiting = await waiting_of(session, case, now)
    remember_announced(case, waiting, now)
    parts = [Part("utter_agent_unreachable"), status_part(waiting)]
    await _say(session, conversation, *parts, author=Author.QUEUE, now=now)


async def _say(
    session: AsyncSession,
    conversation: Conversation,
    *parts: Part,
    author: Author,
    now: datetime,
) -> None:
    await session.flush()
    if conversation.closed_at is None:
        await write(session, conversation, Draft(parts=parts), author=author, now=now)


async def _agent(session: AsyncSession, case: Case | None) -> Agent | None:
    if case is None or case.state != State.WITH_AGENT or case.agent_id is None:
        return None
    return await repository.agent(session, case.agent_id)


async def _note(
    session: AsyncSession, conversation: Conversation, case: Case, action: str, now: datetime
) -> None:
    agent = await _agent(session, case)
    await record(
        session,
        actor=agent.email if agent else "phone",
        action=action,
        subject=f"conversation:{conversation.id}",
        details={"case": str(case.id)},
        now=now,
    )
