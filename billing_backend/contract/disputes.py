"""What does a customer say is wrong, and how far is its answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.authority import AboveLimit, Authority
from billing_backend.money import Money

_NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class DisputeSummary:
    """What a customer says is wrong on an invoice, and how far its answer is.

    state: open, under_review, upheld, rejected, withdrawn. reason: charged_twice, not_ordered,
    cancelled, price, already_paid, service_fault, usage, other.
    """

    dispute_id: UUID
    number: str
    invoice_number: str
    amount: Money
    reason: str
    words: str  # the customer's own
    state: str
    opened_on: date
    answer_by: date
    lines: tuple[dict[str, str], ...]  # their names by language; none: the invoice as a whole
    answered_on: date | None = None
    answer: str = ""  # why it was rejected
    credited: Money = _NOTHING


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """`paid`: nothing was owed on the invoice any more, so nothing stops being asked for."""

    dispute: DisputeSummary
    paid: bool


@dataclass(frozen=True, slots=True)
class DisputeRefused:
    """reason: nothing_left (it was all credited), above_invoice, too_old (paid, and longer ago
    than the policy looks back), already_disputed (`existing` says which), answered (it is not
    open any more)."""

    reason: str
    existing: DisputeSummary | None = None


@dataclass(frozen=True, slots=True)
class DisputeUpheld:
    dispute: DisputeSummary
    credit_note_number: str
    new_total: Money  # what remains to pay of that invoice
    balance_due: Money


class Disputes(Protocol):
    """NotFound for an invoice, line or dispute that is not the account's."""

    async def disputes(self, session: AsyncSession, account_id: UUID) -> Sequence[DisputeSummary]:
        """Newest first."""
        ...

    async def open_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        invoice_number: str,
        *,
        line_ids: Sequence[UUID] = (),
        amount: Money | None = None,
        reason: str,
        words: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeOpened | DisputeRefused:
        """About these lines (none: the invoice as a whole), and so much of them (None: all)."""
        ...

    async def review_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused: ...

    async def uphold_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        amount: Money | None = None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeUpheld | DisputeRefused | AboveLimit:
        """Credits the disputed amount, or so much of it, within the authority's limit."""
        ...

    async def reject_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        answer: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused: ...

    async def withdraw_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused: ...
