"""What may an agent do with a case: take, answer, give back?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from handoff.conversations import Author, Conversation, Draft, NotYours, Owner, Part, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import lock, require_agent, to_agent, to_bot, to_queue
from handoff.desk import repository
from handoff.desk.models import Agent, Role
from handoff.queue import Case, State, status_part
from handoff.queue import repository as queue
from handoff.queue.service import waiting_of


class UnknownCase(LookupError):
    """There is no such case: go back to the list."""


# How a conversation with a person ended; data, the words are in texts.yml.
OUTCOMES = ("resolved", "partly_resolved", "not_resolved", "follow_up")


# In the dialogue of a call: the agent took it on the phone.
TAKEN_BY_PHONE = "taken_by_phone"


@dataclass(frozen=True, slots=True)
class Refused:
    """The agent cannot do that. `code` names the words in texts.yml, `values` fill them."""

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """A case that this agent holds, its conversation locked until the caller commits."""

    agent: Agent
    case: Case
    conversation: Conversation

    @property
    def speaks(self) -> bool:
        """Whether the customer is with this agent now: after a talk by phone the case may still
        be theirs to write up, while the assistant is with the caller again."""
        return self.conversation.owner == Owner.AGENT


async def take(
    session: AsyncSession,
    agent: Agent,
    case_id: UUID,
    *,
    take_over: bool = False,
    now: datetime,
) -> Held | Refused:
    """Give a waiting case to this agent; of two at once one gets it and the other is told who.

    Taking one's own case again is no error. A supervisor may `take_over` a colleague's.
    Raises UnknownCase.
    """
    case, conversation = await _locked(session, case_id)
    if case.state == State.WITH_AGENT and case.agent_id == agent.id:
        return Held(agent, case, conversation)
    may_take_over = take_over and agent.role == Role.SUPERVISOR
    if case.state == State.WITH_AGENT and may_take_over:
        case.agent_id = agent.id
        await session.flush()
    elif not await queue.take(session, case_id, agent.id, now=now):
        return await _not_waiting(session, case)
    await session.refresh(case)
    to_agent(conversation, agent.id)
    held = Held(agent, case, conversation)
    await announce(session, held, Part("utter_agent_joined", {"agent": agent.first_name}), now=now)
    await _note(session, held, "case.taken", {"over": may_take_over}, now)
    return held


async def hold(session: AsyncSession, agent: Agent, case_id: UUID) -> Held:
    """The case, if it is this agent's. Raises NotYours when it is not, UnknownCase."""
    case, conversation = await _locked(session, case_id)
    if case.state != State.WITH_AGENT or case.agent_id != agent.id:
        raise NotYours
    held = Held(agent, case, conversation)
    if case.spoken_at is None or held.speaks:
        require_agent(conversation, agent.id)
    return held


async def reply(
    session: AsyncSession, agent: Agent, case_id: UUID, text: str, *, click: str, now: datetime
) -> UUID | Refused:
    """Say something to the customer; the same `click` twice says it once. The message's id."""
    held = await hold(session, agent, case_id)
    require_agent(held.conversation, agent.id)
    if held.conversation.closed_at is not None:
        return Refused("call_over", {})
    key = f"desk:{case_id}:reply:{click}"
    written = await write(
        session,
        held.conversation,
        Draft(text=text),
        author=Author.AGENT,
        agent_name=agent.name,
        key=key,
        now=now,
    )
    await ring(session, WAKE_DESK, str(held.conversation.id))
    message_id = written or await repository.written_with_key(session, key)
    assert message_id is not None
    return message_id


async def hand_back(
    session: AsyncSession,
    agent: Agent,
    case_id: UUID,
    *,
    outcome: str,
    agreed: str,
    now: datetime,
) -> Held:
    """The bot goes on, and knows what was agreed (`agreed` is in the customer's language)."""
    held = await hold(session, agent, case_id)
    conversation = held.conversation
    await _end(session, held, outcome, agreed, now)
    spoke = held.speaks
    if spoke:
        to_bot(conversation)
    conversation.dialogue = {
        **conversation.dialogue,
        "agreed": {
            "words": agreed,
            "granted": held.case.granted,
            "by": agent.first_name,
            "at": now.isoformat(),
        },
    }
    part = (
        Part("utter_handed_back", {"agreed": agreed}) if agreed else Part("utter_handed_back_plain")
    )
    if spoke or agreed:
        await announce(session, held, part, author=Author.BOT, now=now)
    await _note(session, held, "case.handed_back", {"outcome": outcome}, now)
    return held


async def close(
    session: AsyncSession, agent: Agent, case_id: UUID, *, outcome: str, now: datetime
) -> Held:
    """Nothing more to say: the customer is told so, a call ends, the bot listens again."""
    held = await hold(session, agent, case_id)
    await _end(session, held, outcome, None, now)
    if held.speaks:
        to_bot(held.conversation)
        on_phone = held.conversation.channel == "voice"
        await announce(
            session, held, Part("utter_agent_closed"), author=Author.BOT, hang_up=on_phone, now=now
        )
    await _note(session, held, "case.closed", {"outcome": outcome}, now)
    return held


async def release(session: AsyncSession, agent: Agent, case_id: UUID, *, now: datetime) -> Held:
    """The agent cannot go on: the customer waits again, at the place of their arrival."""
    held = await hold(session, agent, case_id)
    require_agent(held.conversation, agent.id)
    held.case.state, held.case.agent_id, held.case.taken_at = State.WAITING, None, None
    to_queue(held.conversation)
    await session.flush()
    waiting = await waiting_of(session, held.case, now)
    await announce(
        session,
        held,
        Part("utter_agent_returned_to_queue"),
        status_part(waiting),
        now=now,
    )
    await _note(session, held, "case.released", {}, now)
    return held


async def connect_phone(
    session: AsyncSession, agent: Agent, case_id: UUID, *, phone: str | None, now: datetime
) -> str | Refused:
    """Put the caller through to the agent's phone; answers the number that will ring."""
    held = await hold(session, agent, case_id)
    require_agent(held.conversation, agent.id)
    if held.conversation.channel != "voice":
        return Refused("not_a_call", {})
    if held.conversation.closed_at is not None:
        return Refused("call_over", {})
    number = phone or agent.phone
    if number is None:
        return Refused("no_phone", {})
    kept = {
        name: value for name, value in held.conversation.dialogue.items() if name != TAKEN_BY_PHONE
    }
    held.conversation.dialogue = {**kept, "connect": number}
    await _note(session, held, "case.phone_connected", {}, now)
    return number


async def add_note(
    session: AsyncSession, agent: Agent, case_id: UUID, text: str, *, now: datetime
) -> None:
    """Keep what the agent wrote down, during the talk or after it; only who had the case last may.

    Raises NotYours, UnknownCase.
    """
    case, conversation = await _locked(session, case_id)
    if case.agent_id != agent.id:
        raise NotYours
    note = {"at": now.isoformat(), "by": agent.name, "text": text}
    case.notes = [*case.notes, note]
    await _note(session, Held(agent, case, conversation), "case.note_written", {}, now)
    await ring(session, WAKE_DESK, str(conversation.id))


async def remember_granted(session: AsyncSession, held: Held, granted: dict[str, Any]) -> None:
    """Keep what the agent gave, for the hand-back; the same key is kept once."""
    if all(entry["key"] != granted["key"] for entry in held.case.granted):
        held.case.granted = [*held.case.granted, granted]
    await ring(session, WAKE_DESK, str(held.conversation.id))


async def announce(
    session: AsyncSession,
    held: Held,
    *parts: Part,
    author: Author = Author.QUEUE,
    hang_up: bool = False,
    now: datetime,
) -> None:
    """Tell the customer about the change of hands, unless the call is over."""
    await session.flush()
    if held.conversation.closed_at is None:
        draft = Draft(parts=parts, hang_up=hang_up)
        await write(session, held.conversation, draft, author=author, now=now)
    await ring(session, WAKE_DESK, str(held.conversation.id))


async def _locked(session: AsyncSession, case_id: UUID) -> tuple[Case, Conversation]:
    found = await queue.case(session, case_id)
    if found is None:
        raise UnknownCase
    # The conversation first, always: the order in which everybody locks.
    conversation = await lock(session, found.conversation_id)
    await session.refresh(found)
    return found, conversation


async def _not_waiting(session: AsyncSession, case: Case) -> Refused:
    await session.refresh(case)
    if case.state == State.WITH_AGENT and case.agent_id is not None:
        names = await repository.agent_names(session, [case.agent_id])
        return Refused("taken", {"agent": names.get(case.agent_id, "")})
    return Refused("not_waiting", {})


async def _end(
    session: AsyncSession, held: Held, outcome: str, agreed: str | None, now: datetime
) -> None:
    held.case.agreed = agreed or None
    await queue.end_case(session, held.case, State.CLOSED, outcome=outcome, now=now)


async def _note(
    session: AsyncSession, held: Held, action: str, details: dict[str, Any], now: datetime
) -> None:
    await record(
        session,
        actor=held.agent.email,
        action=action,
        subject=f"conversation:{held.conversation.id}",
        details={"case": str(held.case.id), **details},
        now=now,
    )
