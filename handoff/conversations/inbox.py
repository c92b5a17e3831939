"""How does a customer's message come in once, and get its turn exactly once at a time?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.bell import WAKE_SENDERS, WAKE_TURNS, rung
from handoff.conversations.models import Conversation, InboundMessage, message_position


@dataclass(frozen=True, slots=True)
class Stored:
    conversation_id: UUID
    message_id: UUID
    repeated: bool
    answer: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to handle one message of one conversation, until the lease ends."""

    conversation_id: UUID
    message_id: UUID
    token: UUID


async def open_conversation(
    session: AsyncSession,
    *,
    channel: str,
    address: str,
    sender: str,
    phone: str | None,
    language_hint: str | None,
    now: datetime,
) -> Conversation:
    """The open conversation of that address; begun if there is none."""
    found = await open_at(session, channel, address)
    if found is not None:
        return found
    await session.execute(
        insert(Conversation)
        .values(
            id=uuid4(),
            channel=channel,
            address=address,
            sender=sender,
            phone=phone,
            language=language_hint or "ro",
            language_source="hint" if language_hint else "default",
            created_at=now,
        )
        # Two first messages at once: one begins it, the other finds it.
        .on_conflict_do_nothing()
    )
    begun = await open_at(session, channel, address)
    assert begun is not None
    return begun


async def open_at(session: AsyncSession, channel: str, address: str) -> Conversation | None:
    """The open conversation at that address."""
    return await session.scalar(
        select(Conversation).where(
            Conversation.channel == channel,
            Conversation.address == address,
            Conversation.closed_at.is_(None),
        )
    )


async def reopen(
    session: AsyncSession, *, channel: str, address: str, now: datetime
) -> Conversation | None:
    """The newest conversation of that address, open again; None when there never was one. A
    goodbye that has not had its turn yet is taken back."""
    found = await session.scalar(
        select(Conversation)
        .where(Conversation.channel == channel, Conversation.address == address)
        .order_by(Conversation.closed_at.is_(None).desc(), Conversation.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    if found is None:
        return None
    found.closed_at = None
    await session.execute(
        update(InboundMessage)
        .where(
            InboundMessage.conversation_id == found.id,
            InboundMessage.kind == "hangup",
            InboundMessage.handled_at.is_(None),
        )
        .values(handled_at=now, outcome="ignored")
    )
    return found


async def receive(
    session: AsyncSession,
    conversation: Conversation,
    *,
    provider_message_id: str,
    kind: str,
    text: str,
    data: dict[str, Any],
    now: datetime,
) -> Stored:
    """Store one masked message; a repeated delivery answers the first one, changing nothing."""
    message_id = await session.scalar(
        insert(InboundMessage)
        .values(
            id=uuid4(),
            position=message_position.next_value(),
            conversation_id=conversation.id,
            channel=conversation.channel,
            provider_message_id=provider_message_id,
            kind=kind,
            text=text,
            data=data,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel", "provider_message_id"])
        .returning(InboundMessage.id, rung(WAKE_TURNS))
    )
    if message_id is not None:
        return Stored(conversation.id, message_id, repeated=False, answer=None)
    first = await session.scalar(
        select(InboundMessage).where(
            InboundMessage.channel == conversation.channel,
            InboundMessage.provider_message_id == provider_message_id,
        )
    )
    assert first is not None
    return Stored(first.conversation_id, first.id, repeated=True, answer=first.answer)


async def came_at(
    session: AsyncSession, conversation_id: UUID, *, before_last: int
) -> datetime | None:
    """When the message came that is so many before the conversation's last one; None if there
    were not so many."""
    return await session.scalar(
        select(InboundMessage.received_at)
        .where(InboundMessage.conversation_id == conversation_id)
        .order_by(InboundMessage.position.desc())
        .offset(before_last)
        .limit(1)
    )


async def set_aside(session: AsyncSession, message_id: UUID, *, now: datetime) -> None:
    """A message that gets no turn: it is kept and seen by agents; in the transaction that stored
    it."""
    await session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == message_id)
        .values(handled_at=now, outcome="ignored")
    )


async def claim_turns(session: AsyncSession, *, lease: timedelta, at_most: int) -> list[Claim]:
    """Take the oldest waiting messages of conversations that nobody works on, one of each.

    One statement: the caller commits at once and holds no transaction while the turns run.
    """
    token = uuid4()
    values = {"token": token, "lease": lease, "at_most": at_most}
    rows = await session.execute(_CLAIM, values)
    return [Claim(row.conversation_id, row.message_id, token) for row in rows]


# The first unhandled message of each free conversation, oldest first. Rows that other workers
# are claiming are skipped, so workers never wait for one another. A claim that is lost in a crash
# would have expired anyway: it need not wait for the disk.
_CLAIM = text(
    """
    WITH hurried AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true)
    ), next AS (
        SELECT c.id AS conversation_id, m.id AS message_id
        FROM hurried, inbound_message AS m
        JOIN conversation AS c ON c.id = m.conversation_id
        WHERE m.handled_at IS NULL
          AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
          AND (m.not_before IS NULL OR m.not_before <= clock_timestamp())
          AND NOT EXISTS (
              SELECT FROM inbound_message AS earlier
              WHERE earlier.conversation_id = m.conversation_id
                AND earlier.handled_at IS NULL AND earlier.position < m.position
          )
        ORDER BY m.position
        LIMIT :at_most
        FOR UPDATE OF c SKIP LOCKED
    ), claimed AS (
        UPDATE conversation AS c
        SET lease_token = :token, lease_until = clock_timestamp() + :lease
        FROM next WHERE c.id = next.conversation_id
    )
    UPDATE inbound_message AS m SET attempts = attempts + 1
    FROM next WHERE m.id = next.message_id
    RETURNING m.conversation_id AS conversation_id, m.id AS message_id
    """
)


async def edited_before(session: AsyncSession, message: InboundMessage) -> bool:
    """Whether the words that this message changes were changed before."""
    return (
        await session.scalar(
            select(InboundMessage.id)
            .where(
                InboundMessage.conversation_id == message.conversation_id,
                InboundMessage.position < message.position,
                InboundMessage.data["edits"].astext == message.data["edits"],
            )
            .limit(1)
        )
    ) is not None


async def waiting(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether a message of that conversation has not had its turn yet."""
    return (
        await session.scalar(
            select(InboundMessage.id)
            .where(
                InboundMessage.conversation_id == conversation_id,
                InboundMessage.handled_at.is_(None),
            )
            .limit(1)
        )
    ) is not None


async def release(session: AsyncSession, claim: Claim) -> None:
    """Let go of a conversation whose message needs nothing more."""
    await _free(session, claim)


async def holds(session: AsyncSession, claim: Claim) -> Conversation | None:
    """The conversation, locked, if the claim is still ours; None if the lease was taken over."""
    return await session.scalar(
        select(Conversation)
        .where(Conversation.id == claim.conversation_id, Conversation.lease_token == claim.token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def renew(session: AsyncSession, claim: Claim, *, lease: timedelta) -> None:
    """The turn lasts: a lease that is still ours begins anew."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == claim.conversation_id, Conversation.lease_token == claim.token)
        .values(lease_until=func.clock_timestamp() + lease)
        .execution_options(synchronize_session=False)
    )


async def finish_turn(session: AsyncSession, claim: Claim, *, outcome: str, now: datetime) -> None:
    """The message is handled; call in the transaction that writes its replies, after `holds`."""
    await session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == claim.message_id)
        .values(handled_at=now, outcome=outcome)
    )
    await _free(session, claim)


async def postpone_turn(session: AsyncSession, claim: Claim, *, delay: timedelta) -> None:
    """Give the message back, to be tried again after `delay` of real time."""
    await session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == claim.message_id)
        .values(not_before=func.clock_timestamp() + delay)
    )
    await _free(session, claim)


async def record_failure(session: AsyncSession, message_id: UUID, reason: str) -> None:
    """An action failed while handling this message; the turn will end in an apology."""
    await session.execute(
        update(InboundMessage).where(InboundMessage.id == message_id).values(failure=reason[:200])
    )


async def remember_answer(session: AsyncSession, message_id: UUID, answer: str) -> None:
    await session.execute(
        update(InboundMessage).where(InboundMessage.id == message_id).values(answer=answer)
    )


async def _free(session: AsyncSession, claim: Claim) -> None:
    # The phone waits for its own turn to end, also when nothing is to be said.
    await session.execute(
        update(Conversation)
        .where(Conversation.id == claim.conversation_id, Conversation.lease_token == claim.token)
        .values(lease_token=None, lease_until=None)
        .returning(rung(WAKE_SENDERS, str(claim.conversation_id)))
        .execution_options(synchronize_session=False)
    )
