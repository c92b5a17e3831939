"""What are customers to be told by themselves?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the customer is to be told. The bot has the words: `values` are those of
    its responses, `phone` the number on file, `conversations` where the customer was proved,
    `channel` the one that they chose (None: where they wrote last), `language` theirs on file."""

    notice_id: UUID
    kind: str
    values: dict[str, Any]
    phone: str | None
    conversations: tuple[UUID, ...]
    channel: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeChoices:
    """What a customer wants to be told, by topic (invoices, due, overdue, payments, arrangements,
    disputes), and on which channel (None: where they wrote last)."""

    wanted: Mapping[str, bool]
    channel: str | None = None


class Notices(Protocol):
    """What the bot is to tell."""

    async def due_notices(
        self, session: AsyncSession, *, now: datetime, at_most: int
    ) -> Sequence[Notice]:
        """What is to be told now, held until the transaction ends; nothing in quiet hours."""
        ...

    async def settle_notice(
        self, session: AsyncSession, notice_id: UUID, *, conversation_id: UUID | None, now: datetime
    ) -> None:
        """It is on its way in that conversation (None: there is none where it may be told)."""
        ...

    async def notice_missed(self, session: AsyncSession, notice_id: UUID) -> None:
        """What was on its way did not arrive: it is due again, to be told elsewhere."""
        ...

    async def notice_choices(self, session: AsyncSession, customer_id: UUID) -> NoticeChoices: ...

    async def choose_notices(
        self,
        session: AsyncSession,
        customer_id: UUID,
        *,
        topic: str | None,
        wanted: bool,
        stated_in: str,
        now: datetime,
    ) -> NoticeChoices:
        """Notices of the topic (None: of every topic) are told from now on, or not; `stated_in`
        is the channel on which the customer said so."""
        ...

    async def choose_notice_channel(
        self,
        session: AsyncSession,
        customer_id: UUID,
        channel: str,
        *,
        stated_in: str,
        now: datetime,
    ) -> NoticeChoices:
        """Notices are told on that channel (telegram, sms) as long as the customer is reached
        there."""
        ...
