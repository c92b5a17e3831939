"""What do debts do to the service, and what does lateness cost?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Does the service work, as far as debts decide? state: active, suspended.

    `to_pay` is what keeps or brings the service back: what is late, without what is disputed or
    arranged. `suspends_on` is set once a suspension was announced.
    """

    state: str
    since: date | None
    to_pay: Money
    invoice_numbers: tuple[str, ...]
    suspends_on: date | None
    reconnection_fee: Money | None


@dataclass(frozen=True, slots=True)
class Restored:
    """The service works again; `fee` (with tax) comes on the next invoice."""

    fee: Money | None


@dataclass(frozen=True, slots=True)
class Fees:
    """What lateness and leaving early cost by the policy of today; None: nothing.

    `late_fee_on_day` is the day after the due date on which the late fee falls due.
    """

    late_fee: Money | None
    late_fee_on_day: int
    reconnection_fee: Money | None
    early_termination_bp: int  # of the fees that are left of the minimum term


class Debts(Protocol):
    """Suspension for debt, and fees."""

    async def service_state(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ServiceState:
        """Whether the service is suspended for debt, or about to be, and what helps."""
        ...

    async def restore_if_paid(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> Restored | None:
        """Restores a service that was suspended for a debt that is gone, and leaves it to the
        caller to tell the customer. None when there was nothing to restore."""
        ...

    async def fees(self, *, today: date) -> Fees: ...
