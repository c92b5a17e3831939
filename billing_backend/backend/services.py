"""What does an account have, and how does that change?"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import agreements, discounts
from billing_backend.backend.base import Base
from billing_backend.contract import (
    Authority,
    CancellationUndone,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    Offering,
    PlanComparison,
    ScheduledChange,
    Services,
    UndoRefused,
    UsageSummary,
    Wish,
)


class BuiltInServiceChanges(Base):
    async def plans_on_sale(
        self, session: AsyncSession, *, today: date, account_id: UUID | None = None
    ) -> Sequence[Offering]:
        return await agreements.plans_on_sale(
            session, today=today, account_id=account_id, policy=self.policy
        )

    async def services(self, session: AsyncSession, account_id: UUID, *, today: date) -> Services:
        return await agreements.services(session, account_id, today=today)

    async def preview_change(
        self, session: AsyncSession, account_id: UUID, wish: Wish, *, now: datetime
    ) -> ChangePreview | ChangeRefused:
        return await agreements.preview_change(
            session,
            account_id,
            wish,
            now=now,
            policy=self.policy,
            discounts_due=discounts.lines_for_period,
        )

    async def change_services(
        self,
        session: AsyncSession,
        account_id: UUID,
        wish: Wish,
        *,
        promise: str | None,
        channel: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ChangeDone | ChangeRefused:
        return await agreements.change_services(
            session,
            account_id,
            wish,
            promise=promise,
            channel=channel,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
            discounts_due=discounts.lines_for_period,
        )

    async def cancel_change(
        self,
        session: AsyncSession,
        account_id: UUID,
        change_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ScheduledChange | ChangeRefused:
        return await agreements.cancel_change(
            session,
            account_id,
            change_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def undo_cancellation(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> CancellationUndone | UndoRefused:
        return await agreements.undo_cancellation(
            session, account_id, authority=authority, key=key, now=now, policy=self.policy
        )

    async def usage(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> UsageSummary | None:
        return await agreements.usage(session, account_id, today=today)

    async def compare_plans(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> PlanComparison | None:
        return await agreements.compare_plans(session, account_id, today=today, policy=self.policy)
