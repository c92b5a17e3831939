"""Where may a customer be written to without having asked, and where is it no use?

Consent is a conversation that the customer has begun on that channel and has not opted out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Conversation, InboundMessage

# A call ends; nobody is rung up with a notice.
_WRITTEN = ("telegram", "sms")
# Reasons for which a provider will never deliver to an address, until its owner writes again.
OPTED_OUT = "opted_out"
GONE = frozenset({"blocked", "invalid_address", "landline"})


async def reachable(
    session: AsyncSession,
    *,
    phone: str | None,
    proved_in: Sequence[UUID],
    preferred: str | None = None,
    without: Sequence[UUID] = (),
) -> Conversation | None:
    """The open conversation on the preferred channel, else the one that the customer used last;
    None when there is none. `without`: where the words did not arrive.

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
            Conversation.id.not_in(without),
            Conversation.channel.in_(_WRITTEN),
            Conversation.closed_at.is_(None),
            Conversation.opted_out_at.is_(None),
            Conversation.unreachable_at.is_(None),
            last_heard.is_not(None),
        )
        .order_by((Conversation.channel == (preferred or "")).desc(), last_heard.desc())
        .limit(1)
    )


async def close_address(
    session: AsyncSession, conversation_id: UUID, reason: str | None, *, now: datetime
) -> None:
    """A message failed for this reason: if it is one for good, notices choose another channel."""
    if reason == OPTED_OUT:
        column = Conversation.opted_out_at
    elif reason in GONE:
        column = Conversation.unreachable_at
    else:
        return
    await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, column.is_(None))
        .values({column: now})
    )
