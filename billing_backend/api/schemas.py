"""What do the API's answers look like?"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class MoneyOut(_Answer):
    """An amount in minor units (bani) of one currency: 12345 RON is 123.45 lei."""

    minor: int = Field(examples=[12345])
    currency: str = Field(examples=["RON"])


ByLanguage = Annotated[
    dict[str, str], Field(description="Text by language", examples=[{"ro": "…", "en": "…"}])
]


class AccountSummaryOut(_Answer):
    account_id: UUID
    label: str = Field(description="What its customer calls it, else the plan's name")
    address: str
    plan_code: str
    plan_name: str


class CompanyOut(_Answer):
    name: str
    tax_id: str = Field(description="CUI")
    iban: str | None


class CustomerOut(_Answer):
    customer_id: UUID
    account_id: UUID
    number: str = Field(description="8 digits, the last a Luhn check digit")
    name: str
    language: str = Field(description="ro or en")
    phone: str = Field(description="The number that one-time codes go to, in E.164")
    plan_code: str
    plan_name: str
    customer_since: date
    accounts: list[AccountSummaryOut] = Field(description="The first one speaks for the customer")
    company: CompanyOut | None = Field(description="Who is invoiced, of a business customer")


class GrantOut(_Answer):
    """A discount that was granted."""

    grant_id: UUID
    percent_bp: int | None = Field(description="Basis points: 1500 is 15 %; null: an amount")
    months: int
    months_left: int
    worth: MoneyOut = Field(description="At most, over all its months")
    granted_on: date
    granted_by: str


class ArrangementOut(_Answer):
    """An agreement to pay later."""

    arrangement_id: UUID
    amount: MoneyOut
    pay_by: date
    status: str = Field(description="open, kept or broken")


class BalanceOut(_Answer):
    """What is owed now."""

    due: MoneyOut
    due_date: date | None = Field(description="Of the oldest open invoice")
    overdue: MoneyOut
    days_overdue: int
    credit: MoneyOut = Field(description="The customer's money that no invoice has used yet")
    open_invoices: int
    grants: list[GrantOut] = Field(description="With months to come")
    arrangement: ArrangementOut | None


class InvoiceLineOut(_Answer):
    kind: str = Field(
        description="plan_fee, add_on, usage, one_off, proration, late_fee or discount"
    )
    description: ByLanguage
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    tax_rate_bp: int
    period_start: date | None
    period_end: date | None


class DraftOut(_Answer):
    """The invoice that comes next, as it stands now; it has no number and is owed by nobody."""

    period_start: date
    period_end: date
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[InvoiceLineOut]


class InvoiceOut(_Answer):
    """An issued invoice; net + tax = total, and so do its lines."""

    invoice_id: UUID
    number: str
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    credit_used: MoneyOut = Field(description="Account credit that paid part of it at issue")
    outstanding: MoneyOut = Field(description="After payments and credit notes")
    state: str = Field(description="issued, partly_paid, paid or overdue")
    lines: list[InvoiceLineOut]


class CauseOut(_Answer):
    kind: str
    amount: MoneyOut
    evidence: dict[str, Any]


class ExplanationOut(_Answer):
    """Why an invoice differs from the one before: the causes sum to the difference."""

    current: InvoiceOut
    previous: InvoiceOut | None
    difference: MoneyOut
    causes: list[CauseOut] = Field(description="Biggest first")


class FindingOut(_Answer):
    """Something proven wrong on the account, not put right yet."""

    finding_id: str
    kind: str
    amount: MoneyOut = Field(description="Gross, to the customer's favour")
    invoice_id: UUID
    invoice_number: str
    line_ids: list[UUID]
    evidence: dict[str, Any]


class TransferOut(_Answer):
    debit: str
    credit: str
    amount: MoneyOut


class JournalEntryOut(_Answer):
    """One entry of the books: amounts moved from one account to another."""

    entry_id: UUID
    kind: str
    document: str
    posted_at: datetime
    transfers: list[TransferOut]


class CreditNoteLineOut(_Answer):
    description: ByLanguage
    net: MoneyOut
    tax: MoneyOut
    tax_rate_bp: int


class CreditNoteOut(_Answer):
    number: str
    invoice_number: str
    reason: str = Field(description="error, discount or goodwill")
    issued_on: date
    issued_by: str
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[CreditNoteLineOut]


class PaymentOut(_Answer):
    reference: str
    amount: MoneyOut
    received_on: date
    method: str
    reversed_on: date | None = Field(description="Bounced or recalled: it pays nothing")


class ChargeOut(_Answer):
    """A late fee or one-off that the next invoice will carry."""

    kind: str
    description: ByLanguage
    net: MoneyOut
    supplied_on: date


class Customers(_Answer):
    customers: list[CustomerOut]


class Invoices(_Answer):
    invoices: list[InvoiceOut]


class Findings(_Answer):
    findings: list[FindingOut]


class Grants(_Answer):
    grants: list[GrantOut]


class Arrangements(_Answer):
    arrangements: list[ArrangementOut]


class Journal(_Answer):
    entries: list[JournalEntryOut]


class CreditNotes(_Answer):
    credit_notes: list[CreditNoteOut]


class Payments(_Answer):
    payments: list[PaymentOut]


class Charges(_Answer):
    charges: list[ChargeOut]


class OfferingOut(_Answer):
    """A plan or add-on on sale."""

    code: str
    kind: str = Field(description="plan or add_on")
    family: str
    name: ByLanguage
    net: MoneyOut
    gross: MoneyOut = Field(description="A period's price with today's tax")
    unit: str | None
    allowance: int | None
    extra_unit: MoneyOut | None = Field(description="A unit above the allowance, tax included")
    minimum_term_months: int


class Offerings(_Answer):
    offerings: list[OfferingOut]


class ServiceOut(_Answer):
    code: str
    kind: str
    name: ByLanguage
    gross: MoneyOut
    since: date
    ends_on: date | None
    minimum_term_until: date | None


class ScheduledChangeOut(_Answer):
    """A change that has not begun."""

    change_id: UUID
    kind: str = Field(description="plan, add_on, remove_add_on or cancel")
    from_day: date
    old: ByLanguage | None
    new: ByLanguage | None
    ordered_on: date
    ordered_by: str


class ServicesOut(_Answer):
    plan: ServiceOut | None
    add_ons: list[ServiceOut]
    scheduled: list[ScheduledChangeOut]
    period_start: date
    period_end: date
    cancelled_on: date | None = Field(description="The last day of a cancelled service")
    suspended_on: date | None


class UsageOut(_Answer):
    name: ByLanguage
    unit: str | None
    used: int | None = Field(description="Null where nothing is measured")
    allowance: int | None
    period_start: date
    period_end: date
    extra_cost: MoneyOut


class WishIn(BaseModel):
    """A change of services."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["plan", "add_on", "remove_add_on", "cancel"]
    product_code: str | None = None
    on: date | None = Field(default=None, description="First day of the new state; null: by rule")
    reason: str | None = Field(default=None, max_length=100, description="Why one leaves")


class ChangeIn(WishIn):
    promise: str | None = Field(
        default=None, description="Of the preview: refused when it would come to anything else"
    )


class ChangePreviewOut(_Answer):
    """What a change would do, to the minor unit."""

    from_day: date
    fee: MoneyOut | None = Field(description="Early-termination fee, tax included")
    minimum_term_until: date | None
    difference: MoneyOut | None = Field(description="What it makes the next invoice more")
    next_invoice: DraftOut | None
    lines: list[InvoiceLineOut] = Field(description="Those that the change brings")
    promise: str


class ChangeDoneOut(_Answer):
    change_id: UUID
    preview: ChangePreviewOut


class ChargeIn(BaseModel):
    """Something to be charged once, on the next invoice."""

    model_config = ConfigDict(extra="forbid")

    description: ByLanguage
    minor: int = Field(description="In minor units of the account's currency")
    currency: str = Field(default="RON", min_length=3, max_length=3)
    tax_included: bool = False
    supplied_on: date


class ChargeAddedOut(_Answer):
    charge_id: UUID
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    tax_rate_bp: int
    supplied_on: date


class CompanyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    tax_id: str = Field(max_length=20, description="CUI, checked by its digit")
    iban: str | None = Field(default=None, max_length=42)


class RestoredOut(_Answer):
    what: str = Field(description="cancellation (undone) or suspension (lifted)")
