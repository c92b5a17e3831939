"""How is a bill paid by link, what was paid, and what goes back?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.authority import AboveLimit, Authority
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class PaymentLinkFacts:
    """Where so much can be paid, until `expires_at`."""

    link_id: UUID
    url: str
    amount: Money
    expires_at: datetime
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """reason: nothing_due, above_due, below_minimum, processing (a payment is on its way),
    not_offered (this company takes no payments by link)."""

    reason: str
    due: Money
    minimum: Money


@dataclass(frozen=True, slots=True)
class PaymentProgress:
    """What became of paying by link: what is on its way, what can still be paid, and when the
    newest try failed, unless something was paid since."""

    processing: Money | None = None
    open_link: PaymentLinkFacts | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaidByLink:
    """A payment came, to be told in the conversation that the link was given in; `due` is what
    is left to pay."""

    conversation_id: UUID
    payment_reference: str
    amount: Money
    due: Money


@dataclass(frozen=True, slots=True)
class NotPaid:
    """A payment by link that was on its way did not come after all."""

    conversation_id: UUID
    checkout: str  # the provider's own name of the try
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """`method`: card, bank_transfer or cash. `reversed`: it did not come after all."""

    reference: str
    amount: Money
    received_on: date
    method: str
    refunded: Money
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money on its way back. `method`: card or bank_transfer; `state`: requested, sent, failed."""

    reference: str
    amount: Money
    method: str
    state: str
    requested_on: date
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class RefundsRequested:
    """One refund for each payment or credit note that the amount came from."""

    amount: Money
    refunds: tuple[RefundFacts, ...]
    balance_due: Money


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """reason: nothing_left, above_left, reversed (the payment did not come). `left` could be."""

    reason: str
    left: Money


class Payments(Protocol):
    """Payment links, payments and refunds."""

    @property
    def takes_payments(self) -> bool:
        """Whether customers can be given payment links at all."""
        ...

    async def payment_link(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        amount: Money | None = None,
        invoice_number: str | None = None,
        language: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> PaymentLinkFacts | LinkRefused:
        """A link to pay what is due, or of it so much, or one invoice; an open link for the same
        is answered again. `conversation_id` is where the payer is told. NotFound for an invoice
        that is not the account's."""
        ...

    async def payment_progress(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> PaymentProgress: ...

    async def payments(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[PaymentFacts]:
        """Newest first."""
        ...

    async def refunds(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[RefundFacts]:
        """Newest first."""
        ...

    async def refund_credit(
        self,
        session: AsyncSession,
        account_id: UUID,
        amount: Money,
        *,
        reason: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> RefundsRequested | RefundRefused | AboveLimit:
        """Sends back account credit. reason: requested, duplicate, overpaid, cancelled, error."""
        ...
