"""How is a debt paid later, whole or in parts?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.authority import Authority
from billing_backend.money import Money

_NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class Instalment:
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ArrangementSummary:
    """Paid whole by one day, or in `parts` that sum to the amount; `pay_by` is the last day."""

    arrangement_id: UUID
    amount: Money
    pay_by: date
    status: str  # "kept", "open", "broken"
    parts: tuple[Instalment, ...] = ()
    owed: Money = _NOTHING  # what is still unpaid of it


@dataclass(frozen=True, slots=True)
class ExtensionChoices:
    amount: Money
    invoice_numbers: tuple[str, ...]
    dates: tuple[date, ...]  # suggestions, all allowed
    latest: date


@dataclass(frozen=True, slots=True)
class ExtensionRefused:
    """reason: nothing_due, disputed (all that is owed is), too_many (2 in 12 months),
    broken_arrangement, date_too_late, date_in_past, already_arranged, before_due_date (nothing is
    late by then: no need); of instalments also too_small (less than `minimum`), parts (so many are
    not offered) and other_currency (the policy has no minimum in the account's)."""

    reason: str
    latest: date | None = None
    existing: ArrangementSummary | None = None
    minimum: Money | None = None


@dataclass(frozen=True, slots=True)
class InstalmentChoices:
    """The amount in two, three or four parts, as far as the policy goes."""

    amount: Money
    invoice_numbers: tuple[str, ...]
    plans: tuple[tuple[Instalment, ...], ...]


class Arrangements(Protocol):
    """Paying later."""

    async def extension_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ExtensionChoices | ExtensionRefused: ...

    async def arrange_extension(
        self,
        session: AsyncSession,
        account_id: UUID,
        pay_by: date,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused: ...

    async def instalment_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> InstalmentChoices | ExtensionRefused: ...

    async def arrange_instalments(
        self,
        session: AsyncSession,
        account_id: UUID,
        parts: int,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused: ...
