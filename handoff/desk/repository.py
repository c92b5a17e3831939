"""Every question that the desk asks of the database about agents and their sign-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Author, Conversation, InboundMessage, OutboundMessage
from handoff.conversations.models import UNDELIVERED
from handoff.conversations.outbox import KEYWORD
from handoff.conversations.reach import OPTED_OUT
from handoff.desk.models import Agent, DeskSession, Role, SignInTries

_FORGET_TRIES_AFTER = timedelta(days=1)


async def agent_by_email(session: AsyncSession, email: str) -> Agent | None:
    return await session.scalar(
        select(Agent).where(Agent.email == email, Agent.disabled_at.is_(None))
    )


async def agent(session: AsyncSession, agent_id: UUID) -> Agent | None:
    return await session.get(Agent, agent_id)


async def agent_names(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


async def save_agent(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    phone: str | None,
    language: str,
) -> UUID:
    """Add an agent, or bring the one with that e-mail up to date."""
    values = {
        "name": name,
        "password_hash": password_hash,
        "role": role,
        "phone": phone,
        "language": language,
        "disabled_at": None,
    }
    saved = await session.scalar(
        insert(Agent)
        .values(id=uuid4(), email=email, **values)
        .on_conflict_do_update(index_elements=["email"], set_=values)
        .returning(Agent.id)
    )
    assert isinstance(saved, UUID)
    return saved


async def end_sessions(session: AsyncSession, agent_id: UUID) -> None:
    await session.execute(delete(DeskSession).where(DeskSession.agent_id == agent_id))


async def tries(session: AsyncSession, email_hash: bytes, *, now: datetime) -> SignInTries:
    """The e-mail's wrong tries, locked until commit; a fresh row when there is none."""
    await session.execute(
        delete(SignInTries).where(SignInTries.last_at < now - _FORGET_TRIES_AFTER)
    )
    await session.execute(
        insert(SignInTries)
        .values(email_hash=email_hash, tries=0, last_at=now)
        .on_conflict_do_nothing()
    )
    found = await session.scalar(
        select(SignInTries)
        .where(SignInTries.email_hash == email_hash)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert found is not None
    return found


async def forget_tries(session: AsyncSession, email_hash: bytes) -> None:
    await session.execute(delete(SignInTries).where(SignInTries.email_hash == email_hash))


async def add_session(
    session: AsyncSession, token_hash: bytes, agent_id: UUID, *, lasts: timedelta
) -> None:
    await session.execute(
        delete(DeskSession).where(DeskSession.expires_at < func.clock_timestamp())
    )
    await session.execute(
        insert(DeskSession).values(
            token_hash=token_hash,
            agent_id=agent_id,
            created_at=func.clock_timestamp(),
            expires_at=func.clock_timestamp() + lasts,
            seen_at=func.clock_timestamp(),
        )
    )


async def agent_of_session(session: AsyncSession, token_hash: bytes) -> Agent | None:
    return await session.scalar(
        select(Agent)
        .join(DeskSession, DeskSession.agent_id == Agent.id)
        .where(
            DeskSession.token_hash == token_hash,
            DeskSession.expires_at > func.clock_timestamp(),
            Agent.disabled_at.is_(None),
        )
    )


async def touch_session(
    session: AsyncSession, token_hash: bytes, *, at_most_every: timedelta
) -> bool:
    """Note that the session is in use; False when that was noted a moment ago."""
    touched = await session.execute(
        update(DeskSession)
        .where(
            DeskSession.token_hash == token_hash,
            DeskSession.seen_at < func.clock_timestamp() - at_most_every,
        )
        .values(seen_at=func.clock_timestamp())
        .returning(DeskSession.agent_id)
    )
    return touched.one_or_none() is not None


async def end_session(session: AsyncSession, token_hash: bytes) -> None:
    await session.execute(delete(DeskSession).where(DeskSession.token_hash == token_hash))


async def conversation(session: AsyncSession, conversation_id: UUID) -> Conversation:
    return await session.get_one(Conversation, conversation_id, populate_existing=True)


async def conversations(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Conversation]:
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(list(ids)))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


async def last_said(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What each customer last wrote or said in words, masked as it is stored."""
    rows = await session.execute(
        select(InboundMessage.conversation_id, InboundMessage.text)
        .where(
            InboundMessage.conversation_id.in_(list(ids)),
            InboundMessage.kind.in_(["text", "speech"]),
            InboundMessage.text != "",
        )
        .ext(distinct_on(InboundMessage.conversation_id))
        .order_by(InboundMessage.conversation_id, InboundMessage.position.desc())
    )
    return {row.conversation_id: row.text for row in rows}


async def undelivered(
    session: AsyncSession, *, since: datetime, at_most: int
) -> list[tuple[OutboundMessage, Conversation]]:
    """Messages that failed or of which nobody knows, and that nobody has dealt with.

    A caller who did not hear something is gone; who texted STOP at the provider's own door need
    not be told that we heard it.
    """
    only_confirms = and_(
        OutboundMessage.failure == OPTED_OUT, OutboundMessage.key.startswith(KEYWORD)
    )
    rows = await session.execute(
        select(OutboundMessage, Conversation)
        .join(Conversation, Conversation.id == OutboundMessage.conversation_id)
        .where(
            OutboundMessage.status.in_(UNDELIVERED),
            OutboundMessage.attended_at.is_(None),
            OutboundMessage.created_at >= since,
            OutboundMessage.channel != "voice",
            func.coalesce(only_confirms, False).is_(False),
        )
        .order_by(OutboundMessage.created_at.desc(), OutboundMessage.position.desc())
        .limit(at_most)
    )
    return [(message, conversation) for message, conversation in rows]


async def inbound(
    session: AsyncSession, conversations: Iterable[UUID], message_id: UUID
) -> InboundMessage | None:
    """A customer's message, if it is one of those conversations."""
    return await session.scalar(
        select(InboundMessage).where(
            InboundMessage.id == message_id, InboundMessage.conversation_id.in_(conversations)
        )
    )


async def written_with_key(session: AsyncSession, key: str) -> UUID | None:
    """The agent's message that was written with this key."""
    return await session.scalar(
        select(OutboundMessage.id).where(
            OutboundMessage.key == key, OutboundMessage.author == Author.AGENT
        )
    )
