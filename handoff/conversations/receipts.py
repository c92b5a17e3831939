"""What became of a message that the provider took, whatever the order of its reports?

A long SMS is several; each part is reported by itself. Reports come late, twice and out of order,
and may come before we know that the message was taken at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.bell import WAKE_DESK, WAKE_SENDERS, ring
from handoff.conversations.models import OutboundMessage, Status
from handoff.conversations.reach import close_address

# What a part can be, the weaker first: a later word never takes back a stronger one. Who has it
# on the phone has it, whatever a network says.
_STRENGTH = {Status.SENT: 1, Status.FAILED: 2, Status.DELIVERED: 3}


@dataclass(frozen=True, slots=True)
class Report:
    """The provider's word on one part of a message. `message_id` is ours, where the report brings
    it along; else the provider's id finds the message."""

    channel: str
    provider_message_id: str
    status: Status  # sent, failed or delivered
    reason: str | None = None
    message_id: UUID | None = None
    part: int = 1
    of: int = 1


async def receipt(session: AsyncSession, report: Report, *, now: datetime) -> Status | None:
    """Keep a report; the message's new state, or None where it changed nothing.

    A message that failed for good closes its address: notices then choose another channel.
    """
    message = await _reported(session, report)
    if message is None or message.status == Status.DROPPED:
        return None
    part = str(report.part)
    if not _says_more(message.receipts.get(part), report.status):
        return None
    message.receipts = {**message.receipts, part: report.status}
    now_known = whole(message.receipts, report.of)
    if now_known is None or now_known == message.status:
        return None
    message.status = now_known
    message.failure = (report.reason or "undelivered") if now_known == Status.FAILED else None
    await session.flush()
    if now_known == Status.FAILED:
        await close_address(session, message.conversation_id, report.reason, now=now)
    await ring(session, WAKE_DESK, str(message.conversation_id))
    # It may have been waiting to be sent again, and others behind it.
    await ring(session, WAKE_SENDERS, str(message.conversation_id))
    return now_known


def whole(parts: Mapping[str, str], of: int) -> Status | None:
    """The state of a message of `of` parts; None while too little is known.

    One part that is missing spoils the whole; it is delivered when every part is.
    """
    known = [Status(each) for each in parts.values()]
    if Status.FAILED in known:
        return Status.FAILED
    if len(known) < of:
        return None
    return min(known, key=_STRENGTH.__getitem__)


def _says_more(known: str | None, told: Status) -> bool:
    return known is None or _STRENGTH[told] > _STRENGTH[Status(known)]


async def _reported(session: AsyncSession, report: Report) -> OutboundMessage | None:
    """The message, locked; by our own id first, because of a message whose sending timed out we
    do not know the provider's."""
    ours = OutboundMessage.id == report.message_id
    theirs = OutboundMessage.provider_message_id == report.provider_message_id
    return await session.scalar(
        select(OutboundMessage)
        .where(
            OutboundMessage.channel == report.channel,
            theirs if report.message_id is None else ours,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
        .limit(1)
    )
