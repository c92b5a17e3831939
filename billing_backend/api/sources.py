"""Where do the API's routes get their session, their account and their day from?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import customers
from billing_backend.clock import Clock, business_date
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction


@dataclass(frozen=True, slots=True)
class Sources:
    sessions: Sessions
    billing: Billing
    clock: Clock
    zone: str

    def today(self) -> date:
        return business_date(self.clock.now(), self.zone)

    @asynccontextmanager
    async def reading(self, account_id: UUID) -> AsyncIterator[AsyncSession]:
        """A session to read an account with; NotFound when there is no such account."""
        async with transaction(self.sessions) as session:
            await customers.customer_of_account(session, account_id)
            yield session

    @asynccontextmanager
    async def changing(self, account_id: UUID) -> AsyncIterator[AsyncSession]:
        """The same to change it with: committed at the end, undone on any error."""
        async with self.reading(account_id) as session:
            yield session
