"""Who is the customer, and what do they owe?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import customers, discounts, plans
from billing_backend.backend.base import Base
from billing_backend.contract import Balance, CustomerFacts
from billing_backend.invoices import service as invoices


class BuiltInAccounts(Base):
    async def customer(
        self, session: AsyncSession, customer_id: UUID, *, today: date | None = None
    ) -> CustomerFacts:
        return await customers.customer(session, customer_id, today=today)

    async def find_customers(self, session: AsyncSession, *, phone: str) -> Sequence[CustomerFacts]:
        return await customers.find_customers(session, phone=phone)

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance:
        owed = await invoices.balance(session, account_id, today=today, policy=self.policy)
        arrangement = await plans.current_arrangement(session, account_id, today=today)
        return replace(
            owed,
            grants=tuple(await discounts.grants(session, account_id, today)),
            arrangement=arrangement,
            next_part=plans.next_part(arrangement.parts, arrangement.owed) if arrangement else None,
        )
