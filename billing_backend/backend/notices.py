"""What are customers to be told?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices
from billing_backend.backend.base import Base
from billing_backend.contract import Notice, NoticeChoices


class BuiltInNotices(Base):
    async def due_notices(
        self, session: AsyncSession, *, now: datetime, at_most: int
    ) -> Sequence[Notice]:
        return await notices.due(session, now=now, at_most=at_most, policy=self.policy)

    async def settle_notice(
        self, session: AsyncSession, notice_id: UUID, *, conversation_id: UUID | None, now: datetime
    ) -> None:
        await notices.settle(session, notice_id, conversation_id=conversation_id, now=now)

    async def notice_missed(self, session: AsyncSession, notice_id: UUID) -> None:
        await notices.missed(session, notice_id)

    async def notice_choices(self, session: AsyncSession, customer_id: UUID) -> NoticeChoices:
        return await notices.choices(session, customer_id)

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
        return await notices.choose(
            session, customer_id, topic=topic, wanted=wanted, stated_in=stated_in, now=now
        )

    async def choose_notice_channel(
        self,
        session: AsyncSession,
        customer_id: UUID,
        channel: str,
        *,
        stated_in: str,
        now: datetime,
    ) -> NoticeChoices:
        return await notices.choose_channel(
            session, customer_id, channel, stated_in=stated_in, now=now
        )
