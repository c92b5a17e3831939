"""What does a pressed button, a typed "2" or a key mean, without the customer ever seeing it?"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import ButtonToken, OutboundMessage, Status


async def issue(
    session: AsyncSession,
    conversation_id: UUID,
    message_id: UUID,
    choices: Sequence[tuple[str, str]],
    *,
    now: datetime,
) -> list[dict[str, str]]:
    """Tokens for (title, payload) choices, as they are shown: [{"title", "token"}]."""
    shown = [{"title": title, "token": secrets.token_urlsafe(12)} for title, _ in choices]
    if shown:
        await session.execute(
            insert(ButtonToken),
            [
                {
                    "token": button["token"],
                    "conversation_id": conversation_id,
                    "message_id": message_id,
                    "number": number,
                    "title": title,
                    "payload": payload,
                    "created_at": now,
                }
                for number, (button, (title, payload)) in enumerate(
                    zip(shown, choices, strict=True), start=1
                )
            ],
        )
    return shown


async def pressed(session: AsyncSession, conversation_id: UUID, token: str) -> ButtonToken | None:
    """The button of that token, if this conversation was shown it."""
    return await session.scalar(
        select(ButtonToken).where(
            ButtonToken.token == token, ButtonToken.conversation_id == conversation_id
        )
    )


async def use_up(session: AsyncSession, button: ButtonToken, *, now: datetime) -> bool:
    """Press a button; False when it, or another one of its message, was pressed before. Of two
    presses at once one counts."""
    rows = await session.execute(
        update(ButtonToken)
        .where(ButtonToken.message_id == button.message_id, ButtonToken.pressed_at.is_(None))
        .values(pressed_at=now)
        .returning(ButtonToken.token)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all()) > 0


async def numbered(
    session: AsyncSession, conversation_id: UUID, number: int, *, still_asked: bool = False
) -> ButtonToken | None:
    """Choice `number` of the newest message to this conversation, if that message had choices;
    `still_asked`: of the newest one that had any."""
    return await session.scalar(
        select(ButtonToken).where(
            ButtonToken.message_id == _newest_message(conversation_id, with_choices=still_asked),
            ButtonToken.number == number,
        )
    )


async def newest(
    session: AsyncSession, conversation_id: UUID, *, still_asked: bool = False
) -> Sequence[ButtonToken]:
    """The choices of the newest message to this conversation, in their order; `still_asked`: of
    the newest one that had any."""
    rows = await session.scalars(
        select(ButtonToken)
        .where(ButtonToken.message_id == _newest_message(conversation_id, with_choices=still_asked))
        .order_by(ButtonToken.number)
    )
    return rows.all()


async def of_message(session: AsyncSession, message_id: UUID) -> list[tuple[str, str]]:
    """The (title, payload) choices that a message showed, in their order: to show them again."""
    rows = await session.execute(
        select(ButtonToken.title, ButtonToken.payload)
        .where(ButtonToken.message_id == message_id)
        .order_by(ButtonToken.number)
    )
    return [(row.title, row.payload) for row in rows]


def _newest_message(conversation_id: UUID, *, with_choices: bool = False) -> ScalarSelect[UUID]:
    """A file that followed it does not count."""
    return (
        select(OutboundMessage.id)
        .where(
            OutboundMessage.conversation_id == conversation_id,
            OutboundMessage.status != Status.DROPPED,
            OutboundMessage.options["document"].is_(None),
            *([OutboundMessage.buttons != []] if with_choices else []),
        )
        .order_by(OutboundMessage.position.desc())
        .limit(1)
        .scalar_subquery()
    )
