"""What must an implementation of billing set up, so that its promises can be tested?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.contract import Authority, Billing, CustomerFacts, Tier
from billing_backend.db import Sessions

ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
AGENT = Authority(Tier.AGENT, "irina")
SUPERVISOR = Authority(Tier.SUPERVISOR, "radu")
NOBODYS_NUMBER = "99999997"

SITUATIONS = {
    "raised": "the newest invoice is more than the one before, and not all of it is paid",
    "overdue": "an invoice is past its due date; no arrangement, no dispute",
    "charged_twice": "the newest invoice charges one thing twice, for at most 200.00",
    "deserving": "the assistant may offer a discount by rule, and offered none yet",
}


@dataclass(frozen=True)
class World:
    """A billing system with a customer in each situation, known by phone.

    `pin` is that of `charged_twice`. What a promise does is rolled back after it.
    """

    billing: Billing
    sessions: Sessions
    now: datetime
    phones: Mapping[str, str]
    pin: str
    zone: str = "Europe/Bucharest"

    @property
    def today(self) -> date:
        return business_date(self.now, self.zone)

    def later(self, minutes: float) -> datetime:
        return self.now + timedelta(minutes=minutes)

    async def customer(self, session: AsyncSession, situation: str) -> CustomerFacts:
        [found] = await self.billing.find_customers(session, phone=self.phones[situation])
        return found
