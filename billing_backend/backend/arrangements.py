"""How is a debt paid later?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import plans
from billing_backend.backend.base import Base
from billing_backend.contract import (
    ArrangementSummary,
    Authority,
    ExtensionChoices,
    ExtensionRefused,
    InstalmentChoices,
)


class BuiltInArrangements(Base):
    async def extension_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ExtensionChoices | ExtensionRefused:
        return await plans.extension_choices(session, account_id, today=today, policy=self.policy)

    async def arrange_extension(
        self,
        session: AsyncSession,
        account_id: UUID,
        pay_by: date,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused:
        return await plans.arrange_extension(
            session,
            account_id,
            pay_by,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def instalment_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> InstalmentChoices | ExtensionRefused:
        return await plans.instalment_choices(session, account_id, today=today, policy=self.policy)

    async def arrange_instalments(
        self,
        session: AsyncSession,
        account_id: UUID,
        parts: int,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused:
        return await plans.arrange_instalments(
            session,
            account_id,
            parts,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )
