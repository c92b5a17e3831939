"""How do words go out in order, once, and only from whoever may speak?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import buttons
from handoff.conversations.bell import WAKE_DESK, WAKE_SENDERS, rung
from handoff.conversations.models import (
    Author,
    Conversation,
    OutboundMessage,
    Owner,
    Status,
    message_position,
)

# A sender that vanished in the middle: its message may or may not have been taken. Who is still at
# it says so by `renew`.
CLAIM_SECONDS = 20
# What the keys of answers to STOP, START and HELP begin with.
KEYWORD = "keyword:"
_ON_ITS_WAY = (Status.QUEUED, Status.SENDING, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Part:
    """A response to be put into words when it is sent, in the conversation's language."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """Words for a customer: final `text`, or `parts` still to be worded. `document` is an invoice's
    id: its file goes with the words where the channel takes files. `aside`: what could be chosen
    before still can be."""

    text: str | None = None
    parts: Sequence[Part] = ()
    choices: Sequence[tuple[str, str]] = ()  # (title, payload for the bot)
    ask_contact: bool = False
    hang_up: bool = False
    must_hear: bool = False
    aside: bool = False
    document: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is to be sent now; with `text` None its parts are to be worded first (again,
    when it was tried before: the text that is kept hides its secrets)."""

    id: UUID
    conversation_id: UUID
    channel: str
    text: str | None
    buttons: list[dict[str, str]]
    options: dict[str, Any]
    attempts: int
    address: str
    line: str | None
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
            options=_options(draft, asks=_asked_by(draft, author, conversation)),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboundMessage.id, rung(WAKE_SENDERS, str(conversation.id)))
    )


def _asked_by(draft: Draft, author: Author, conversation: Conversation) -> str | None:
    """What the choices of a message answer: its numbers count as long as that is asked. Of parts
    it is not known yet whether they have any."""
    if not draft.choices and not draft.parts:
        return None
    if author == Author.QUEUE:
        return Owner.QUEUE
    return conversation.expects if author == Author.BOT else None


def _options(draft: Draft, *, asks: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "asks": asks,
        "ask_contact": draft.ask_contact,
        "hang_up": draft.hang_up,
        "must_hear": draft.must_hear,
        "aside": draft.aside,
    }
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
        values = {"channels": list(channels), "conversation_id": conversation_id}
        row = (await session.execute(_CLAIM, values)).one_or_none()
        if row is None:
            return None
        message = await session.get_one(OutboundMessage, row.id, populate_existing=True)
        if not row.overtaken:
            return message
        await drop(session, message.id)


async def drop(session: AsyncSession, message_id: UUID) -> None:
    """The bot's late words: somebody else owns the conversation by now."""
    await _settle(session, message_id, status=Status.DROPPED, failure="overtaken")


# What a claim of a message `m` of a conversation `c` looks at and gives; pacing.py claims by it
# too.
FIRST_IN_LINE = f"""
    m.status = 'queued'
    AND (m.not_before IS NULL OR m.not_before <= clock_timestamp())
    AND NOT EXISTS (
        SELECT FROM outbound_message AS earlier
        WHERE earlier.conversation_id = m.conversation_id
          AND earlier.position < m.position
          AND (earlier.status = 'queued'
               OR earlier.status = 'sending'
                  AND earlier.claimed_at > clock_timestamp() - interval '{CLAIM_SECONDS} seconds')
    )
"""
CHOSEN = "m.id, c.epoch, c.address, c.line, c.language"
# Sharing the conversation's row with a take-over: whoever is first decides.
LOCKED = "FOR UPDATE OF m SKIP LOCKED FOR SHARE OF c"
TAKE = "status = 'sending', attempts = attempts + 1, claimed_at = clock_timestamp()"
TAKEN = """
    o.id, o.conversation_id, o.channel, CASE WHEN o.parts = '[]' THEN o.text END AS text,
    o.buttons, o.options, o.attempts, next.address, next.line, next.language,
    o.author = 'bot' AND o.epoch <> next.epoch AS overtaken
"""

_CLAIM = text(
    f"""
    UPDATE outbound_message AS o SET {TAKE}
    FROM (
        SELECT {CHOSEN}
        FROM outbound_message AS m JOIN conversation AS c ON c.id = m.conversation_id
        WHERE m.channel = ANY(:channels)
          AND (CAST(:conversation_id AS uuid) IS NULL OR c.id = :conversation_id)
          AND {FIRST_IN_LINE}
        ORDER BY m.position
        LIMIT 1
        {LOCKED}
    ) AS next
    WHERE o.id = next.id
    RETURNING {TAKEN}
    """  # noqa: S608 - put together from the words above
)


async def sent(
    session: AsyncSession,
    message_id: UUID,
    *,
    provider_message_id: str | None,
    now: datetime,
    segments: int | None = None,
) -> None:
    """The provider took it. A receipt may have come first and said more: that stays."""
    await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id)
        .values(
            status=case(
                (OutboundMessage.status.in_(_ON_ITS_WAY), Status.SENT),
                else_=OutboundMessage.status,
            ),
            failure=case(
                (OutboundMessage.status.in_(_ON_ITS_WAY), None), else_=OutboundMessage.failure
            ),
            provider_message_id=provider_message_id,
            segments=segments,
            sent_at=now,
        )
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
        .values(status=Status.UNKNOWN, failure="vanished")
        .returning(OutboundMessage.id, rung(WAKE_DESK))
    )
    return len(rows.all())


async def oldest_due(
    session: AsyncSession, *, channels: Sequence[str], now: datetime
) -> dict[str, timedelta]:
    """For how long the oldest message that is to be sent has waited, by channel."""
    waiting = await session.execute(
        select(OutboundMessage.channel, func.min(OutboundMessage.created_at).label("since"))
        .where(OutboundMessage.status == Status.QUEUED, OutboundMessage.channel.in_(channels))
        .group_by(OutboundMessage.channel)
    )
    since = {row.channel: row.since for row in waiting}
    nothing = timedelta()
    return {each: now - since[each] if each in since else nothing for each in channels}


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


async def last_choices(session: AsyncSession, conversation_id: UUID) -> OutboundMessage | None:
    """What the bot last said with something to choose from."""
    return await session.scalar(
        select(OutboundMessage)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.author == Author.BOT,
            OutboundMessage.status != Status.DROPPED,
            OutboundMessage.buttons != [],
        )
        .order_by(OutboundMessage.position.desc())
        .limit(1)
    )


async def _settle(session: AsyncSession, message_id: UUID, **changes: Any) -> None:
    """Only while it is being sent: a receipt that came meanwhile knows better."""
    await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id, OutboundMessage.status == Status.SENDING)
        .values(**changes)
    )
