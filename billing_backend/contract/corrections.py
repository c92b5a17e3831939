"""What is wrong on an account, and what was given back?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.authority import AboveLimit, Authority
from billing_backend.contract.invoices import CreditedBefore
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong on the account, by rule, with its proof.

    kind: duplicate_charge, price_above_agreement, promised_discount_missing,
    charged_after_cancellation, add_on_not_ordered, wrong_proration, wrong_tax_rate,
    payment_not_allocated, payment_on_another_account, late_fee_unjustified.
    """

    finding_id: str  # stable: the same error has the same id at every review
    kind: str
    amount: Money  # gross, to the customer's favour
    invoice_id: UUID
    invoice_number: str
    line_ids: tuple[UUID, ...]
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """Put right. Without a credit note: a payment that had gone astray was allocated."""

    credit_note_number: str | None
    amount: Money
    invoice_number: str
    new_total: Money  # what remains to pay of that invoice
    balance_due: Money


@dataclass(frozen=True, slots=True)
class AlreadyCorrected:
    """Somebody else was faster: `by` ("assistant" or an agent's name) has put it right."""

    by: str
    at: datetime
    credit_note_number: str | None
    amount: Money
    invoice_number: str


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note that was issued. `new_total` is what remains to pay of its invoice."""

    number: str
    amount: Money
    invoice_number: str
    new_total: Money
    balance_due: Money


@dataclass(frozen=True, slots=True)
class CreditRefused:
    """reason: nothing_left, more_than_left, changed_meanwhile (somebody credited the invoice
    since the caller looked at it). `left` may still be credited, of the line or the invoice that
    was asked for; `last` says who gave something back before."""

    reason: str
    left: Money
    last: CreditedBefore | None


class Corrections(Protocol):
    """The account review, and credit notes."""

    async def review(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> Sequence[Finding]: ...

    async def correct(
        self,
        session: AsyncSession,
        account_id: UUID,
        finding_id: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Corrected | AboveLimit | AlreadyCorrected:
        """Puts a proven error right. NotFound when nobody ever found it on this account."""
        ...

    async def credit(
        self,
        session: AsyncSession,
        invoice_number: str,
        *,
        line: int | None,
        amount: Money | None,
        reason: str,
        note: str,
        authority: Authority,
        key: str,
        now: datetime,
        expected_left: Money | None = None,
    ) -> Credited | AboveLimit | CreditRefused:
        """A credit note by hand: for an invoice or one of its lines (1 is the first), for all
        that is left of it (`amount` None) or a gross part. `reason` is a code of
        corrections/reasons.py. Give `expected_left` to be refused when somebody else credited
        it meanwhile."""
        ...
