"""What do the API's answers look like?"""

from datetime import date, datetime
from typing import Annotated, Any
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


class GrantOut(_Answer):
    """A discount that was granted."""

    grant_id: UUID
    percent_bp: int | None = Field(description="Basis points: 1500 is 15 %; null: an amount")
    months: int
    months_left: int
    worth: MoneyOut = Field(description="At most, over all its months")
    granted_on: date
    granted_by: str


class InstalmentOut(_Answer):
    due_on: date
    amount: MoneyOut


class ArrangementOut(_Answer):
    """An agreement to pay later, whole or in parts that sum to the amount."""

    arrangement_id: UUID
    amount: MoneyOut
    pay_by: date
    status: str = Field(description="open, kept or broken")
    parts: list[InstalmentOut] = Field(description="None: paid whole by `pay_by`")


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


class IssuedLineOut(InvoiceLineOut):
    line_id: UUID


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
    lines: list[IssuedLineOut]


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
