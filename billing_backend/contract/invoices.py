"""What does an invoice say, and why does it differ from the one before?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.money import Money

_NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class InvoiceLineFacts:
    kind: str  # plan_fee, add_on, usage, one_off, proration, late_fee, discount, correction
    description: dict[str, str]  # by language
    net: Money
    tax: Money
    gross: Money
    tax_rate_bp: int
    period_start: date | None = None
    period_end: date | None = None
    line_id: UUID | None = None  # None: of a draft


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    invoice_id: UUID
    number: str
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    net: Money
    tax: Money
    total: Money
    outstanding: Money  # after payments and credit notes
    state: str  # issued, paid, partly_paid, overdue
    lines: tuple[InvoiceLineFacts, ...]
    credit_used: Money = _NOTHING  # account credit that paid part of it when it was issued


# An invoice of an account: by any day of the month that it was issued in, or by its number.
Which = date | str


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why an invoice differs from the one before; `amount` is gross, signed.

    kind: price_change, promotion_ended, add_on_added, add_on_removed, usage, proration, one_off,
    late_fee, tax_rate_change, discount_started, discount_ended, credit_used, correction.
    `evidence` holds plain values for the words: name (by language), from/to amounts in minor
    units, since (ISO date), by (who ordered), days, quantity, times (how often a price changed
    between the two invoices). A `correction` is a wrong charge on one of them that a credit note
    (credit_note, on) has given back.
    """

    kind: str
    amount: Money
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CreditedBefore:
    """The newest credit note on an invoice, and who gave it for which reason."""

    by: str
    on: date
    number: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an invoice is what it is.

    Compared is what was to be paid, i.e. total less account credit used at issue; law:
    sum(causes) == difference == (current.total - current.credit_used) - (the same of previous).
    Without a previous invoice there is no difference and no cause. `credits` are the credit
    notes on the current invoice, oldest first: they came after it was issued.
    """

    current: InvoiceFacts
    previous: InvoiceFacts | None
    difference: Money
    causes: tuple[Cause, ...]  # biggest first
    credits: tuple[CreditedBefore, ...] = ()


class Invoices(Protocol):
    """Invoices and what explains them."""

    async def invoices(
        self, session: AsyncSession, account_id: UUID, *, today: date, limit: int = 12
    ) -> Sequence[InvoiceFacts]:
        """Newest first."""
        ...

    async def explain(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        month: Which | None,
        today: date,
        against: Which | None = None,
    ) -> Explanation | None:
        """The invoice issued in `month` (None: the newest) against the one of `against` (None:
        the one before it); None when there is no such invoice. The later of the two is the
        current one: differences are told in the order of time."""
        ...
