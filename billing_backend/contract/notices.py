"""What are customers to be told by themselves?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the customer is to be told. The bot has the words: `values` are those of
    its responses, `phone` the number on file, `conversations` where the customer was proved."""

    notice_id: UUID
    kind: str
    values: dict[str, Any]
    phone: str | None
    conversations: tuple[UUID, ...]


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
