"""How do words go out in order, once, and only from whoever may speak?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import buttons
from handoff.conversations.bell import WAKE_SENDERS, rung
from handoff.conversations.models import (
    Author,
    Conversation,
    OutboundMessage,
    Status,
    message_position,
)

# A sender that vanished in the middle: its message may or may not have been taken. Who is still at
# it says so by `renew`.
CLAIM_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A response to be put into words when it is sent, in the conversation's language."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """Words for a customer: final `text`, or `parts` still to be worded. `document` is an invoice's
    id: its file goes with the words where the channel takes files."""

    text: str | None = None
    parts: Sequence[Part] = ()
    choices: Sequence[tuple[str, str]] = ()  # (title, payload for the bot)
    ask_contact: bool = False
    hang_up: bool = False
    document: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is to be sent now; with `text` None its parts are to be worded first (again,
    when it was tried before: the text that is kept hides its secrets)."""

    id: UUID
    channel: str
    text: str | None
    buttons: list[dict[str, str]]
    options: dict[str, Any]
    attempts: int
    address: str
    language: str
    overtaken: bool


async def write(
    session: AsyncSession,
    conversation: Conversation,
    draft: Draft,
    *,
    author: Author,
    now: datetime,
    epoch: int | None = None,
    agent_name: str | None = None,
    in_reply_to: UUID | None = None,
    key: str | None = None,
) -> UUID | None:
    """Put a message in the outbox, in the caller's transaction.

    `epoch` is that of the speaker's turn (default: the conversation's present one). With a `key`
    that was written before nothing happens and None is answered.
    """
    message_id = uuid4()
    shown = await buttons.issue(session, conversation.id, message_id, draft.choices, now=now)
    return await session.scalar(
        insert(OutboundMessage)
        .values(
            id=message_id,
            position=message_position.next_value(),
            conversation_id=conversation.id,
            channel=conversation.channel,
            in_reply_to=in_reply_to,
            key=key,
            author=author,
            agent_name=agent_name,
            epoch=conversation.epoch if epoch is None else epoch,
            text=draft.text,
            parts=[{"response": part.response, "values": part.values} for part in draft.parts],
            buttons=shown,
            options=_options(draft),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboundMessage.id, rung(WAKE_SENDERS, str(conversation.id)))
    )


def _options(draft: Draft) -> dict[str, Any]:
    options: dict[str, Any] = {"ask_contact": draft.ask_contact, "hang_up": draft.hang_up}
    options["document"] = str(draft.document) if draft.document is not None else None
    return {name: wanted for name, wanted in options.items() if wanted}


async def claim_next(
    session: AsyncSession, *, channels: Sequence[str], conversation_id: UUID | None = None
) -> OutboundMessage | None:
    """Take the oldest due message whose conversation has none on its way; None if none.

    The bot's words that were overtaken by a change of owner are dropped here, at the moment of
    sending. The caller commits before it sends.
    """
    while True:
        values = {"channels": list(channels), "conversation_id": conversation_id, "at_most": 1}
        row = (await session.execute(_CLAIM, values)).one_or_none()
        if row is None:
            return None
        message = await session.get_one(OutboundMessage, row.id, populate_existing=True)
        if not row.overtaken:
            return message
        await drop(session, message.id)


async def claim_due(
    session: AsyncSession, *, channels: Sequence[str], at_most: int
) -> list[Claimed]:
    """The same for several conversations at once, in one statement. The caller drops what was
    overtaken."""
    values = {"channels": list(channels), "conversation_id": None, "at_most": at_most}
    return [Claimed(**row) for row in (await session.execute(_CLAIM, values)).mappings()]


async def drop(session: AsyncSession, message_id: UUID) -> None:
    """The bot's late words: somebody else owns the conversation by now."""
    await _settle(session, message_id, status=Status.DROPPED, failure="overtaken")


_CLAIM = text(
    f"""
    UPDATE outbound_message AS o
    SET status = 'sending', attempts = attempts + 1, claimed_at = clock_timestamp()
    FROM (
        SELECT m.id, c.epoch, c.address, c.language
        FROM outbound_message AS m JOIN conversation AS c ON c.id = m.conversation_id
        WHERE m.status = 'queued' AND m.channel = ANY(:channels)
          AND (CAST(:conversation_id AS uuid) IS NULL OR c.id = :conversation_id)
          AND (m.not_before IS NULL OR m.not_before <= clock_timestamp())
          AND NOT EXISTS (
              SELECT FROM outbound_message AS earlier
              WHERE earlier.conversation_id = m.conversation_id
                AND earlier.position < m.position
                AND (earlier.status = 'queued'
                     OR earlier.status = 'sending'
                        AND earlier.claimed_at > clock_timestamp()
                            - interval '{CLAIM_SECONDS} seconds')
          )
        ORDER BY m.position
        LIMIT :at_most
        -- Sharing the conversation's row with a take-over: whoever is first decides.
        FOR UPDATE OF m SKIP LOCKED FOR SHARE OF c
    ) AS next
    WHERE o.id = next.id
    RETURNING o.id, o.channel, CASE WHEN o.parts = '[]' THEN o.text END AS text, o.buttons,
        o.options, o.attempts, next.address,
        next.language, o.author = 'bot' AND o.epoch <> next.epoch AS overtaken
    """  # noqa: S608 - the only value put in is our own number
)


async def sent(
    session: AsyncSession, message_id: UUID, *, provider_message_id: str | None, now: datetime
) -> None:
    await _settle(
        session,
        message_id,
        status=Status.SENT,
        provider_message_id=provider_message_id,
        sent_at=now,
    )


async def failed(session: AsyncSession, message_id: UUID, *, reason: str) -> None:
    """The provider will never take it."""
    await _settle(session, message_id, status=Status.FAILED, failure=reason)


async def uncertain(session: AsyncSession, message_id: UUID, *, reason: str) -> None:
    """Nobody knows whether it was taken: shown as such, not sent again."""
    await _settle(session, message_id, status=Status.UNKNOWN, failure=reason)


async def retry(session: AsyncSession, message_id: UUID, *, delay: timedelta, reason: str) -> None:
    """It was certainly not taken: again after `delay`. One that was given up on meanwhile stays so,
    because later words may be out by now."""
    await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id, OutboundMessage.status == Status.SENDING)
        .values(status=Status.QUEUED, not_before=func.clock_timestamp() + delay, failure=reason)
    )


async def renew(session: AsyncSession, message_id: UUID) -> None:
    """The delivery lasts, and whoever makes it is alive."""
    await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id, OutboundMessage.status == Status.SENDING)
        .values(claimed_at=func.clock_timestamp())
    )


async def line_is_dead(session: AsyncSession, conversation_id: UUID) -> None:
    """The call is over: what was not said by then will not be."""
    await session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.channel == "voice",
            OutboundMessage.status == Status.QUEUED,
        )
        .values(status=Status.FAILED, failure="call over")
    )


async def give_up_on_vanished(session: AsyncSession) -> int:
    """Messages whose sender vanished in the middle become `unknown`; answers how many."""
    rows = await session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.status == Status.SENDING,
            OutboundMessage.claimed_at < func.clock_timestamp() - timedelta(seconds=CLAIM_SECONDS),
        )
        .values(status=Status.UNKNOWN, failure="sender vanished")
        .returning(OutboundMessage.id)
    )
    return len(rows.all())


async def receipt(
    session: AsyncSession, *, channel: str, provider_message_id: str, status: str
) -> None:
    """The provider's word on a message it took: delivered, failed or undelivered."""
    state = Status.DELIVERED if status == "delivered" else Status.FAILED
    await session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.channel == channel,
            OutboundMessage.provider_message_id == provider_message_id,
            # Receipts may overtake each other: a final state stays.
            OutboundMessage.status.in_([Status.SENT, Status.UNKNOWN, Status.SENDING]),
        )
        .values(status=state, failure=None if state == Status.DELIVERED else status)
    )


async def sent_as(
    session: AsyncSession, conversation_id: UUID, provider_message_id: str
) -> Sequence[OutboundMessage]:
    """What went out under that id, in order: a document on the phone says several at once."""
    rows = await session.scalars(
        select(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.provider_message_id == provider_message_id,
        )
        .order_by(OutboundMessage.position)
    )
    return rows.all()


async def last_words(session: AsyncSession, conversation_id: UUID) -> OutboundMessage | None:
    """What the customer was last told by the bot: for "say that again". A file is not told."""
    return await session.scalar(
        select(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.author == Author.BOT,
            OutboundMessage.status != Status.DROPPED,
            OutboundMessage.options["document"].is_(None),
        )
        .order_by(OutboundMessage.position.desc())
        .limit(1)
    )


async def _settle(session: AsyncSession, message_id: UUID, **changes: Any) -> None:
    await session.execute(
        update(OutboundMessage).where(OutboundMessage.id == message_id).values(**changes)
    )
