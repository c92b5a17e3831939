"""What do invoices say, and why?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend.base import Base
from billing_backend.contract import Explanation, InvoiceFacts, Which
from billing_backend.invoices import service as invoices


class BuiltInInvoices(Base):
    async def invoices(
        self, session: AsyncSession, account_id: UUID, *, today: date, limit: int = 12
    ) -> Sequence[InvoiceFacts]:
        return await invoices.invoices(session, account_id, today=today, limit=limit)

    async def explain(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        month: Which | None,
        today: date,
        against: Which | None = None,
    ) -> Explanation | None:
        return await invoices.explain(
            session, account_id, month=month, today=today, against=against
        )
