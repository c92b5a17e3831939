"""What do the bot and the desk need of billing?

Plain values and one protocol. The built-in backend (billing_backend/backend.py) is its first
implementation; another billing system can stand behind it. Every method gets the caller's
session and never commits; every change of money gets an idempotency key, and a repeated key
answers its first result. `now` is the caller's clock, aware; days are business days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
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
class AccountSummary:
    """One of a customer's accounts, as it is told apart from the others."""

    account_id: UUID
    label: str  # what its customer calls it, else the plan's name
    address: str
    plan_code: str
    plan_name: str


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """Who is invoiced, of a business customer."""

    name: str
    tax_id: str  # CUI
    iban: str | None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """`account_id` and the plan are those of the first of `accounts`, or of the one asked for."""

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
    accounts: tuple[AccountSummary, ...] = ()
    company: CompanyFacts | None = None

    def on(self, account: AccountSummary) -> CustomerFacts:
        """The same customer, speaking of this account."""
        return replace(
            self,
            account_id=account.account_id,
            plan_code=account.plan_code,
            plan_name=account.plan_name,
        )


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
class ArrangementSummary:
    arrangement_id: UUID
    amount: Money
    pay_by: date
    status: str  # "kept", "open", "broken"


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


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why an invoice differs from the one before; `amount` is gross, signed.

    kind: price_change, promotion_ended, add_on_added, add_on_removed, usage, proration, one_off,
    late_fee, tax_rate_change, discount_started, discount_ended, credit_used, correction.
    `evidence` holds plain values for the words: name (by language), from/to amounts in minor
    units, since (ISO date), by (who ordered), days, quantity.
    """

    kind: str
    amount: Money
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an invoice is what it is.

    Compared is what was to be paid, i.e. total less account credit used at issue; law:
    sum(causes) == difference == (current.total - current.credit_used) - (the same of previous).
    Without a previous invoice there is no difference and no cause.
    """

    current: InvoiceFacts
    previous: InvoiceFacts | None
    difference: Money
    causes: tuple[Cause, ...]  # biggest first


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong on the account, by rule, with its proof.

    kind: duplicate_charge, price_above_agreement, promised_discount_missing,
    charged_after_cancellation, add_on_not_ordered, wrong_proration, wrong_tax_rate,
    payment_not_allocated, late_fee_unjustified.
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
class AboveLimit:
    """More than the caller may give: it needs `needs` ("agent" or "supervisor")."""

    amount: Money
    limit: Money
    needs: str


# --- pay later ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExtensionChoices:
    amount: Money
    invoice_numbers: tuple[str, ...]
    dates: tuple[date, ...]  # suggestions, all allowed
    latest: date


@dataclass(frozen=True, slots=True)
class ExtensionRefused:
    """reason: nothing_due, too_many (2 in 12 months), broken_arrangement, date_too_late,
    date_in_past, already_arranged, before_due_date (nothing is late by then: no need)."""

    reason: str
    latest: date | None = None
    existing: ArrangementSummary | None = None


# --- plans and services ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offering:
    """A plan or add-on that is on sale. `gross` is a period's price with today's tax; `extra_unit`
    what a unit above the allowance costs, tax included (None: nothing is metered)."""

    code: str
    kind: str  # "plan" or "add_on"
    family: str
    name: dict[str, str]  # by language
    net: Money
    gross: Money
    unit: str | None = None
    allowance: int | None = None
    extra_unit: Money | None = None
    minimum_term_months: int = 0


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """Something that the account has, with its price of today, tax included."""

    code: str
    kind: str  # "plan" or "add_on"
    name: dict[str, str]
    gross: Money
    since: date
    ends_on: date | None = None  # its last day, when that is known
    minimum_term_until: date | None = None


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    """A change that was ordered and has not begun. kind: plan, add_on, remove_add_on, cancel.

    `old` and `new` are names by language, where the change has such a side.
    """

    change_id: UUID
    kind: str
    from_day: date
    old: dict[str, str] | None
    new: dict[str, str] | None
    ordered_on: date
    ordered_by: str  # "customer" or "agent"


@dataclass(frozen=True, slots=True)
class Services:
    """What an account has on a day. `cancelled_on` is the last day of a service that was
    cancelled, `suspended_on` the day on which it was cut off for debt."""

    plan: ServiceSummary | None
    add_ons: tuple[ServiceSummary, ...]
    scheduled: tuple[ScheduledChange, ...]
    period_start: date
    period_end: date
    cancelled_on: date | None = None
    suspended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed. kind: plan, add_on, remove_add_on, cancel.

    `on` is the first day of the new state (None: as the rules say); `reason` why one leaves.
    """

    kind: str
    product_code: str | None = None
    on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """The invoice that comes next, as it stands: net + tax = total, and so do its lines."""

    period_start: date
    period_end: date
    net: Money
    tax: Money
    total: Money
    lines: tuple[InvoiceLineFacts, ...]


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do, to the minor unit; a promise, named by `promise`.

    `lines` are those of the next invoice that the change brings; `difference` is what it makes
    the next invoice more (or less). Both are None and empty where the next invoice does not show
    the change yet, or cannot be drawn up. Usage and late fees to come are not in it. `fee` is the
    early-termination fee with tax; `balance` what is owed today.
    """

    wish: Wish
    from_day: date
    old: ServiceSummary | None
    new: Offering | None
    fee: Money | None
    minimum_term_until: date | None
    next_invoice: NextInvoice | None
    lines: tuple[InvoiceLineFacts, ...]
    difference: Money | None
    balance: Money
    promise: str
    ends: tuple[ServiceSummary, ...] = ()  # all that stops when the service is cancelled

    @property
    def last_day(self) -> date:
        """The last day of what ends."""
        return self.from_day - timedelta(days=1)

    @property
    def final_amount(self) -> Money:
        """What is left to pay in all after a cancellation, as things stand."""
        return self.balance + self.next_invoice.total if self.next_invoice else self.balance


@dataclass(frozen=True, slots=True)
class ChangeDone:
    change_id: UUID
    preview: ChangePreview


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """reason: no_plan, unknown_product, not_on_sale, same_plan, other_family, already_have,
    not_had, already_scheduled, already_cancelled, suspended, in_past, before_agreement, too_far,
    not_before (`day` is the first possible one), other_currency, no_price, preview_outdated,
    unknown_change, change_begun.

    `day` is the day that the reason speaks of, `existing` the change that stands in the way.
    """

    reason: str
    day: date | None = None
    existing: ScheduledChange | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """The service goes on. what: "cancellation" (it was undone) or "suspension" (lifted)."""

    what: str


@dataclass(frozen=True, slots=True)
class RestoreRefused:
    """reason: debt (`amount` must be paid first), ended (on `day`; a new contract is needed),
    nothing_to_restore."""

    reason: str
    amount: Money | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class UsageSummary:
    """What was used in the current period. `used` None: nothing is measured; `allowance` None:
    without limit. `extra_cost` is for what is above it so far, tax included."""

    name: dict[str, str]
    unit: str | None
    used: int | None
    allowance: int | None
    period_start: date
    period_end: date
    extra_cost: Money = _NOTHING


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a plan would have cost for the customer's own usage, tax included, period by period."""

    code: str
    name: dict[str, str]
    monthly: Money
    periods: tuple[Money, ...]  # oldest first
    total: Money


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """The plans on sale on the same months of usage at today's prices; `others` cheapest first.

    `usage` is what was used in each, oldest first; None where nothing is measured: then only the
    prices are compared.
    """

    current: PlanCost
    others: tuple[PlanCost, ...]
    months: int
    usage: tuple[int, ...] | None
    unit: str | None

    @property
    def cheaper(self) -> tuple[PlanCost, ...]:
        return tuple(each for each in self.others if each.total < self.current.total)


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
    async def customer(
        self, session: AsyncSession, customer_id: UUID, *, today: date | None = None
    ) -> CustomerFacts:
        """The plan is the one that runs `today`; None: the one agreed last, even if it is to
        begin later."""
        ...

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
        self, session: AsyncSession, account_id: UUID, *, month: date | None, today: date
    ) -> Explanation | None:
        """The invoice issued in `month` (None: the newest) against the one before it; None when
        there is no such invoice."""
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
    ) -> Corrected | AboveLimit:
        """Credits a proven error. NotFound when the review no longer finds it."""
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

    # plans and services
    async def plans_on_sale(
        self, session: AsyncSession, *, today: date, account_id: UUID | None = None
    ) -> Sequence[Offering]:
        """Plans and add-ons on sale, cheapest first. With an account: the plans of its plan's
        family and the add-ons that go with it."""
        ...

    async def services(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> Services: ...

    async def preview_change(
        self, session: AsyncSession, account_id: UUID, wish: Wish, *, now: datetime
    ) -> ChangePreview | ChangeRefused:
        """Reads only. What it says, the next invoice will say."""
        ...

    async def change_services(
        self,
        session: AsyncSession,
        account_id: UUID,
        wish: Wish,
        *,
        promise: str | None,
        channel: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ChangeDone | ChangeRefused:
        """Does what was previewed. With `promise` it refuses (preview_outdated) when it would
        come to anything else by now."""
        ...

    async def cancel_change(
        self,
        session: AsyncSession,
        account_id: UUID,
        change_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ScheduledChange | ChangeRefused:
        """A scheduled change is called off before its day: it never was."""
        ...

    async def restore_service(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Restored | RestoreRefused:
        """Undoes a cancellation before its last day is over, or lifts a suspension once nothing
        is overdue."""
        ...

    async def usage(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> UsageSummary | None:
        """Of the plan, in the current period; None without a plan."""
        ...

    async def compare_plans(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> PlanComparison | None:
        """What would be cheaper: the last 6 months of the account's own usage on every plan of
        its family. None without a plan, or without a whole month of measured usage.

        Only for who asks: unprompted plan recommendations raised churn from 6.4 % to 10.0 % in a
        randomised study of about 65,000 telecom customers (Ascarza, Iyengar, Schleicher).
        """
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
