"""Where may a customer be written to without having asked?

Consent is a conversation that the customer has begun on that channel and has not opted out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Conversation, InboundMessage

# A call ends; nobody is rung up with a notice.
_WRITTEN = ("telegram", "sms")


async def reachable(
    session: AsyncSession,
    *,
    phone: str | None,
    proved_in: Sequence[UUID],
    preferred: str | None = None,
) -> Conversation | None:
    """The open conversation on the preferred channel, else the one that the customer used last;
    None when there is none.

    `proved_in` are conversations in which they have proved who they are; an SMS to the number
    on file reaches nobody else anyway.
    """
    last_heard = (
        select(func.max(InboundMessage.position))
        .where(InboundMessage.conversation_id == Conversation.id)
        .correlate(Conversation)
        .scalar_subquery()
    )
    theirs = or_(
        Conversation.id.in_(proved_in),
        (Conversation.channel == "sms") & (Conversation.address == phone),
    )
    return await session.scalar(
        select(Conversation)
        .where(
            theirs,
            Conversation.channel.in_(_WRITTEN),
            Conversation.closed_at.is_(None),
            Conversation.opted_out_at.is_(None),
            last_heard.is_not(None),
        )
        .order_by((Conversation.channel == (preferred or "")).desc(), last_heard.desc())
        .limit(1)
    )
