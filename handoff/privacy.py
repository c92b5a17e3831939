"""What was said with a person: handing it out, erasing it, and forgetting it when it is old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import hanging
from billing_backend.hanging import Rows
from handoff.conversations.models import Conversation, InboundMessage, OutboundMessage


class BeingAnswered(Exception):
    """A message of this customer is being answered just now: try again in a minute."""


async def conversations_of(
    session: AsyncSession, addresses: Sequence[str], known: Sequence[UUID]
) -> list[UUID]:
    """The `known` ones and those held at one of the addresses, open or closed."""
    found = await session.scalars(
        select(Conversation.id)
        .where(
            or_(
                Conversation.id.in_(known),
                Conversation.address.in_(addresses),
                Conversation.sender.in_(addresses),
                Conversation.phone.in_(addresses),
            )
        )
        .order_by(Conversation.created_at)
    )
    return list(found)


async def export(session: AsyncSession, conversation_ids: Sequence[UUID]) -> Rows:
    """The conversations by table, with messages in both directions and the cases of agents."""
    return await hanging.rows(session, Conversation, conversation_ids)


async def erase(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Deletes them with all that hangs from them; answers how many rows of each table.

    Raises BeingAnswered while a turn of one of them is under way: it would write on.
    """
    held = await session.scalars(
        select(Conversation.id)
        .where(Conversation.id.in_(conversation_ids))
        .order_by(Conversation.id)
        .with_for_update()
    )
    held.all()
    busy = await session.scalar(
        select(Conversation.id)
        .where(
            Conversation.id.in_(conversation_ids),
            Conversation.lease_until > func.clock_timestamp(),
        )
        .limit(1)
    )
    if busy is not None:
        raise BeingAnswered
    return await hanging.delete_rows(session, Conversation, conversation_ids)


async def silent_since(session: AsyncSession, moment: datetime, *, at_most: int) -> Sequence[UUID]:
    """Conversations in which nothing was said since then."""
    heard = select(InboundMessage.id).where(
        InboundMessage.conversation_id == Conversation.id, InboundMessage.received_at >= moment
    )
    said = select(OutboundMessage.id).where(
        OutboundMessage.conversation_id == Conversation.id, OutboundMessage.created_at >= moment
    )
    found = await session.scalars(
        select(Conversation.id)
        .where(Conversation.created_at < moment, ~heard.exists(), ~said.exists())
        .order_by(Conversation.created_at)
        .limit(at_most)
    )
    return found.all()
