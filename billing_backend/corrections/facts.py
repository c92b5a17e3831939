"""What does the account review look at, and what does it find?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from billing_backend.contract import Finding
from billing_backend.invoices.facts import SubscriptionFacts
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class OrderedSubscription:
    """What was agreed, and the order that asked for it (None: nobody did)."""

    agreed: SubscriptionFacts
    order_id: UUID | None
    ordered_quantity: int
    ordered_on: date | None
    ordered_by: str | None


@dataclass(frozen=True, slots=True)
class LateFeeFacts:
    """The invoice behind a late fee; amounts in minor units.

    `paid_in_time` is what was paid until the end of the days of grace.
    """

    invoice_number: str
    due_on: date
    total: int
    paid_in_time: int
    arranged: bool  # an arrangement covered it when the fee fell due
    disputed: bool = False  # a dispute of it was not answered yet, or answered just before


@dataclass(frozen=True, slots=True)
class StrayPayment:
    """Money that came in and was put on no account, though the payer named this one."""

    payment_id: UUID
    amount: Money
    received_on: date
    reference: str
    payer_note: str


@dataclass(frozen=True, slots=True)
class PaymentElsewhere:
    """Money on `account_id`, though its payer wrote a number of the account under review.

    `named` are all accounts whose numbers the payer wrote, `proven` those that they named for
    sure; `decided`: a person put it where it is, knowing more than the note. `paid_there` is
    what it has paid there, and would be owed again.
    """

    payment: StrayPayment
    account_id: UUID
    named: frozenset[UUID]
    proven: frozenset[UUID]
    decided: bool
    paid_there: Money


@dataclass(frozen=True, slots=True)
class CreditLine:
    """So much to give back of an invoice line (None: of the invoice); amounts are positive."""

    invoice_line_id: UUID | None
    description: dict[str, str]
    net: Money
    tax: Money
    tax_rate_bp: int

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class EarlierCredit:
    """A line of a credit note that exists already. `finding_id` None: given by hand."""

    number: str
    reason: str
    finding_id: str | None
    issued_on: date
    line: CreditLine


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """One account as the review sees it; invoices newest first."""

    billing_day: int
    invoices: tuple[InvoiceView, ...]
    subscriptions: Mapping[UUID, OrderedSubscription]
    late_fees: Mapping[UUID, LateFeeFacts]  # by charge
    stray_payments: tuple[StrayPayment, ...] = ()
    payments_elsewhere: tuple[PaymentElsewhere, ...] = ()
    credited: Mapping[UUID, Sequence[EarlierCredit]] = field(default_factory=dict)  # by invoice


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with what puts it right: credit lines, or the payment to allocate (and where to
    take it from); and the subscriptions that must not go on."""

    finding: Finding
    credits: tuple[CreditLine, ...] = ()
    payment: StrayPayment | None = None
    taken_from: UUID | None = None  # the account that the payment is on
    needs_person: bool = False  # putting it right costs somebody else
    to_end: tuple[UUID, ...] = ()
