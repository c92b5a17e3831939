"""What do debts do to the service?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend.base import Base
from billing_backend.contract import Fees, Restored, ServiceState
from billing_backend.dunning import service as dunning
from billing_backend.dunning.restoring import restore_account


class BuiltInDebts(Base):
    async def service_state(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ServiceState:
        return await dunning.service_state(session, account_id, today=today, policy=self.policy)

    async def restore_if_paid(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> Restored | None:
        return await restore_account(session, account_id, now=now, policy=self.policy)

    async def fees(self, *, today: date) -> Fees:
        return dunning.fees(today=today, policy=self.policy)
