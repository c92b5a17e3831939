"""Every question that the review list asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import InboundMessage
from handoff.reviews.models import MessageReview, Why


async def add(session: AsyncSession, **entry: Any) -> None:
    """List a message; one that is listed stays, but an open one may turn out to have cost a
    person."""
    adding = insert(MessageReview).values(id=uuid4(), **entry)
    await session.execute(
        adding.on_conflict_do_update(
            index_elements=["message_id"],
            set_={"why": adding.excluded.why},
            where=MessageReview.decided_at.is_(None)
            & (MessageReview.why == Why.NOT_UNDERSTOOD)
            & (adding.excluded.why == Why.LED_TO_PERSON),
        )
    )


async def message_before(session: AsyncSession, message: InboundMessage) -> InboundMessage | None:
    """What the customer said or did just before."""
    return await session.scalar(
        select(InboundMessage)
        .where(
            InboundMessage.conversation_id == message.conversation_id,
            InboundMessage.position < message.position,
        )
        .order_by(InboundMessage.position.desc())
        .limit(1)
    )


async def review(session: AsyncSession, review_id: UUID) -> MessageReview | None:
    return await session.scalar(
        select(MessageReview)
        .where(MessageReview.id == review_id)
        .execution_options(populate_existing=True)
    )


async def listed(
    session: AsyncSession, *, decided: bool, before: int | None, at_most: int
) -> Sequence[MessageReview]:
    """Newest messages first; `before` is the position of the last one seen."""
    state = MessageReview.decided_at.is_not(None) if decided else MessageReview.decided_at.is_(None)
    query = select(MessageReview).where(state)
    if before is not None:
        query = query.where(MessageReview.position < before)
    rows = await session.scalars(query.order_by(MessageReview.position.desc()).limit(at_most))
    return rows.all()


async def count_open(session: AsyncSession) -> int:
    found = await session.scalar(
        select(func.count()).select_from(MessageReview).where(MessageReview.decided_at.is_(None))
    )
    return found or 0


async def decide(session: AsyncSession, review_id: UUID, **decision: Any) -> bool:
    """Where still open: of two agents at once one decides."""
    decided = await session.execute(
        update(MessageReview)
        .where(MessageReview.id == review_id, MessageReview.decided_at.is_(None))
        .values(**decision)
        .returning(MessageReview.id)
    )
    return decided.one_or_none() is not None


async def reopen(session: AsyncSession, review_id: UUID) -> bool:
    """What is not in a file yet may be decided anew."""
    reopened = await session.execute(
        update(MessageReview)
        .where(
            MessageReview.id == review_id,
            MessageReview.decided_at.is_not(None),
            MessageReview.exported_at.is_(None),
        )
        .values(intent=None, decided_at=None, decided_by=None)
        .returning(MessageReview.id)
    )
    return reopened.one_or_none() is not None


async def to_export(
    session: AsyncSession, *, since: datetime | None, language: str | None
) -> Sequence[MessageReview]:
    """Decided, not dismissed and in no file yet; oldest decisions first. Locked until commit, so
    that two exports at once do not both mark them."""
    query = select(MessageReview).where(
        MessageReview.intent.is_not(None), MessageReview.exported_at.is_(None)
    )
    if since is not None:
        query = query.where(MessageReview.decided_at >= since)
    if language is not None:
        query = query.where(MessageReview.language == language)
    oldest_first = query.order_by(MessageReview.decided_at, MessageReview.position)
    return (await session.scalars(oldest_first.with_for_update())).all()


async def mark_exported(session: AsyncSession, ids: Collection[UUID], *, now: datetime) -> None:
    await session.execute(
        update(MessageReview).where(MessageReview.id.in_(ids)).values(exported_at=now)
    )
