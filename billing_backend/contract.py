"""What do the bot and the desk need of billing?

Plain values and one protocol. The built-in backend (billing_backend/backend.py) is its first
implementation; another billing system can stand behind it. Every method gets the caller's
session and never commits; every change of money gets an idempotency key, and a repeated key
answers its first result. `now` is the caller's clock, aware; days are business days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.money import Money

_NOTHING = Money(0)

# --- who is talking -------------------------------------------------------------------------


class Level(StrEnum):
    UNKNOWN = "unknown"
    RECOGNISED = "recognised"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Identification:
    """What is known of the person in one conversation.

    `customer_id` is set from `recognised` up. A `recognised` customer must still be proved
    before amounts are told; `fresh` says that the proof is young enough to change money.
    """

    level: Level
    customer_id: UUID | None = None
    method: str | None = None  # "telegram_contact", "caller_number", "code", "pin"
    verified_at: datetime | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class CodeIssued:
    """A one-time code to deliver. `phone` is None for a customer number that nobody has:
    then nothing is sent, and the words said must be the same as for a real one."""

    phone: str | None
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    customer_id: UUID
    first_name: str


@dataclass(frozen=True, slots=True)
class WrongSecret:
    """The code or PIN is not right (or expired, or there is none: the words are the same)."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class LockedOut:
    until: datetime


# --- the account ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    customer_id: UUID
    number: str
    name: str
    first_name: str
    language: str  # "ro" or "en"
    phone: str
    account_id: UUID
    plan_code: str
    plan_name: str
    customer_since: date


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """A discount that the customer holds."""

    grant_id: UUID
    percent_bp: int | None
    months: int
    months_left: int
    worth: Money  # at most, over its whole life
    granted_on: date
    granted_by: str  # "assistant" or the agent's name


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
class Balance:
    """What is owed now; `credit` is money of the customer's that no invoice has used yet."""

    due: Money
    due_date: date | None
    overdue: Money
    days_overdue: int
    credit: Money
    open_invoices: int
    grants: tuple[GrantSummary, ...] = ()
    arrangement: ArrangementSummary | None = None
    next_part: Instalment | None = None  # of an arrangement in parts, as much as is left of it


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


@dataclass(frozen=True, slots=True)
class AboveLimit:
    """More than the caller may give: it needs `needs` ("agent" or "supervisor")."""

    amount: Money
    limit: Money
    needs: str


# --- payments and refunds -------------------------------------------------------------------


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


# --- pay later ------------------------------------------------------------------------------


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
    late by then: no need); of instalments also too_small (less than `minimum`) and parts (so many
    are not offered)."""

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


# --- disputes -------------------------------------------------------------------------------


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


# --- debts ----------------------------------------------------------------------------------


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


# --- notices --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the customer is to be told. The bot has the words: `values` are those of
    its responses, `phone` the number on file, `conversations` where the customer was proved."""

    notice_id: UUID
    kind: str
    values: dict[str, Any]
    phone: str | None
    conversations: tuple[UUID, ...]


# --- discounts ------------------------------------------------------------------------------


class Tier(StrEnum):
    ASSISTANT = "assistant"  # tier 1
    AGENT = "agent"  # tier 2
    SUPERVISOR = "supervisor"  # tier 3


@dataclass(frozen=True, slots=True)
class Authority:
    """Who proposes or grants: `name` goes to the audit log."""

    tier: Tier
    name: str


@dataclass(frozen=True, slots=True)
class DiscountOffer:
    """Reserved in the budget before anyone hears of it."""

    offer_id: UUID
    rule_id: str
    percent_bp: int | None  # None: a fixed amount
    amount: Money  # at most, over all months
    monthly_amount: Money
    months: int
    starts: str  # "open_invoice" (first month as a credit note now) or "next_invoice"
    expires_at: datetime
    tier: Tier


@dataclass(frozen=True, slots=True)
class DiscountRefused:
    """`reason` is the first failed condition: no_rule, cooldown, yearly_cap, budget_exhausted,
    already_discounted, arrears, above_authority. `conditions` keeps all failed ones (reason,
    field, actual, needed, nearest, rule_id) with the nearest change that would pass. The customer
    hears only a true, plain reason. Who is held out by the experiment gets `no_rule`: only the
    decision that auditors read says more. `needs` is set where a higher tier could give it."""

    reason: str
    conditions: tuple[dict[str, Any], ...] = ()
    needs: Tier | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    grant_id: UUID
    offer: DiscountOffer
    credit_note_number: str | None
    balance_due: Money


@dataclass(frozen=True, slots=True)
class OfferGone:
    """The offer cannot be accepted: reason expired, refused, already_accepted, not_yours."""

    reason: str


# --- documents ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """An invoice as a file, in the customer's language."""

    filename: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """Opens the invoice's PDF for whoever has it, until `expires_at`."""

    number: str
    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """reason: no_company (the installation has not said who it is). As e-invoice also no_address
    (the customer's is not known) and foreign_currency (only RON can be written)."""

    reason: str


# --- the protocol ---------------------------------------------------------------------------


class Billing(Protocol):
    """Everything the bot's actions and the desk call; nothing else of billing is theirs."""

    # who is talking; `address` is the channel's own (phone or Telegram id), for lockouts
    async def recognise(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        *,
        phone: str,
        method: str,
        now: datetime,
    ) -> Identification: ...

    async def identification(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> Identification: ...

    async def name_customer(
        self, session: AsyncSession, conversation_id: UUID, number: str, *, now: datetime
    ) -> None:
        """The person says which customer they are; unknown numbers behave like known ones."""
        ...

    async def issue_code(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> CodeIssued | LockedOut: ...

    async def check_code(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        code: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut: ...

    async def check_pin(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        pin: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut: ...

    async def lockout(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> LockedOut | None: ...

    async def forget_identification(self, session: AsyncSession, conversation_id: UUID) -> None: ...

    # the account
    async def customer(self, session: AsyncSession, customer_id: UUID) -> CustomerFacts: ...

    async def find_customers(
        self, session: AsyncSession, *, phone: str
    ) -> Sequence[CustomerFacts]: ...

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance: ...

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

    # payments and refunds
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

    # pay later
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

    # disputes; NotFound for an invoice, line or dispute that is not the account's
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

    # debts
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

    # notices
    async def due_notices(
        self, session: AsyncSession, *, now: datetime, at_most: int
    ) -> Sequence[Notice]:
        """What is to be told now, held until the transaction ends; nothing in quiet hours."""
        ...

    async def settle_notice(
        self, session: AsyncSession, notice_id: UUID, *, conversation_id: UUID | None, now: datetime
    ) -> None:
        """It is on its way in that conversation (None: there is none where it may be told)."""
        ...

    # discounts
    async def propose_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        reason: str,
        conversation_id: UUID,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DiscountOffer | DiscountRefused:
        """reason: price_increase, too_expensive, competitor, leaving."""
        ...

    async def allowed_offers(
        self, session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime
    ) -> Sequence[DiscountOffer | DiscountRefused]:
        """What the authority could grant now, for the desk; reserves nothing."""
        ...

    async def accept_offer(
        self,
        session: AsyncSession,
        account_id: UUID,
        offer_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | OfferGone: ...

    async def refuse_offer(
        self, session: AsyncSession, account_id: UUID, offer_id: UUID, *, key: str, now: datetime
    ) -> None: ...

    async def grant_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        percent_bp: int,
        months: int,
        reason: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | DiscountRefused:
        """An agent's own grant: within the tier's amounts, else refused with who may."""
        ...

    # documents
    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        """The invoice as a PDF, with what was paid until now. NotFound when there is none."""
        ...

    async def document_link(
        self, session: AsyncSession, invoice_id: UUID, *, now: datetime
    ) -> DocumentLink | DocumentRefused:
        """A link to the same, signed and expiring: give it to the invoice's customer only."""
        ...
