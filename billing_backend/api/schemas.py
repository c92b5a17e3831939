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


Next = Annotated[
    str | None,
    Field(
        description="Give it as `after` for the next page; null: this is the last",
        examples=["WyIyMDI2LTExLTAxIl0="],
    ),
]
ByLanguage = Annotated[
    dict[str, str], Field(description="Text by language", examples=[{"ro": "…", "en": "…"}])
]


class AccountSummaryOut(_Answer):
    account_id: UUID
    label: str = Field(
        description="What its customer calls it, else the plan's name", examples=["Acasă"]
    )
    address: str = Field(examples=["Str. Teilor 12, Cluj-Napoca"])
    plan_code: str = Field(examples=["INTERNET_500"])
    plan_name: str = Field(examples=["Internet 500"])


class CompanyOut(_Answer):
    name: str = Field(examples=["Cofetăria Exemplu SRL"])
    tax_id: str = Field(description="CUI", examples=["RO99999909"])
    iban: str | None = Field(examples=["RO14LIMP0000000000000001"])


class CustomerOut(_Answer):
    customer_id: UUID
    account_id: UUID
    number: str = Field(description="8 digits, the last a Luhn check digit", examples=["12040010"])
    name: str = Field(examples=["Ana Pop"])
    language: str = Field(description="ro or en", examples=["ro"])
    phone: str = Field(
        description="The number that one-time codes go to, in E.164", examples=["+40721000101"]
    )
    plan_code: str = Field(examples=["INTERNET_500"])
    plan_name: str = Field(examples=["Internet 500"])
    customer_since: date
    accounts: list[AccountSummaryOut] = Field(description="The first one speaks for the customer")
    company: CompanyOut | None = Field(description="Who is invoiced, of a business customer")


class GrantOut(_Answer):
    """A discount that was granted."""

    grant_id: UUID
    percent_bp: int | None = Field(
        description="Basis points: 1500 is 15 %; null: an amount", examples=[1500]
    )
    months: int = Field(examples=[3])
    months_left: int = Field(examples=[2])
    worth: MoneyOut = Field(description="At most, over all its months")
    granted_on: date
    granted_by: str = Field(examples=["assistant"])


class InstalmentOut(_Answer):
    due_on: date
    amount: MoneyOut


class ArrangementOut(_Answer):
    """An agreement to pay later, whole or in parts that sum to the amount."""

    arrangement_id: UUID
    amount: MoneyOut
    pay_by: date
    status: str = Field(description="open, kept or broken", examples=["open"])
    parts: list[InstalmentOut] = Field(description="None: paid whole by `pay_by`")


class BalanceOut(_Answer):
    """What is owed now."""

    due: MoneyOut
    due_date: date | None = Field(description="Of the oldest open invoice")
    overdue: MoneyOut
    days_overdue: int = Field(examples=[0])
    credit: MoneyOut = Field(description="The customer's money that no invoice has used yet")
    open_invoices: int = Field(examples=[1])
    grants: list[GrantOut] = Field(description="With months to come")
    arrangement: ArrangementOut | None


class InvoiceLineOut(_Answer):
    kind: str = Field(
        description="plan_fee, add_on, usage, one_off, proration, late_fee or discount",
        examples=["plan_fee"],
    )
    description: ByLanguage
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    tax_rate_bp: int = Field(examples=[2100])
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
    number: str = Field(examples=["DT-2026-000123"])
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    credit_used: MoneyOut = Field(description="Account credit that paid part of it at issue")
    outstanding: MoneyOut = Field(description="After payments and credit notes")
    state: str = Field(description="issued, partly_paid, paid or overdue", examples=["issued"])
    lines: list[IssuedLineOut]


class CauseOut(_Answer):
    kind: str = Field(examples=["promotion_ended"])
    amount: MoneyOut
    evidence: dict[str, Any] = Field(examples=[{"ended": "2026-10-31"}])


class CreditedBeforeOut(_Answer):
    """A credit note on an invoice, in short."""

    number: str = Field(examples=["DTC-2026-000007"])
    on: date
    by: str = Field(examples=["irina"])
    amount: MoneyOut
    reason: str = Field(examples=["goodwill"])


class ExplanationOut(_Answer):
    """Why an invoice differs from an earlier one: the causes sum to the difference."""

    current: InvoiceOut
    previous: InvoiceOut | None
    difference: MoneyOut
    causes: list[CauseOut] = Field(description="Biggest first")
    credits: list[CreditedBeforeOut] = Field(description="Credit notes on the current invoice")


class FindingOut(_Answer):
    """Something proven wrong on the account, not put right yet."""

    finding_id: str = Field(examples=["duplicate_charge:0b0f"])
    kind: str = Field(examples=["duplicate_charge"])
    amount: MoneyOut = Field(description="Gross, to the customer's favour")
    invoice_id: UUID
    invoice_number: str = Field(examples=["DT-2026-000123"])
    line_ids: list[UUID]
    evidence: dict[str, Any] = Field(examples=[{"times": 2}])


class TransferOut(_Answer):
    debit: str = Field(examples=["receivable"])
    credit: str = Field(examples=["revenue"])
    amount: MoneyOut


class JournalEntryOut(_Answer):
    """One entry of the books: amounts moved from one account to another."""

    entry_id: UUID
    kind: str = Field(examples=["invoice_issued"])
    document: str = Field(examples=["DT-2026-000123"])
    posted_at: datetime
    transfers: list[TransferOut]


class CreditNoteLineOut(_Answer):
    description: ByLanguage
    net: MoneyOut
    tax: MoneyOut
    tax_rate_bp: int = Field(examples=[2100])


class CreditNoteOut(_Answer):
    number: str = Field(examples=["DTC-2026-000007"])
    invoice_number: str = Field(examples=["DT-2026-000123"])
    kind: str = Field(description="error, goodwill, cancellation or discount", examples=["error"])
    reason: str = Field(
        description="The code: a finding's kind, goodwill, cancellation ...",
        examples=["duplicate_charge"],
    )
    note: str = Field(description="What a person wrote to it", examples=["a day without internet"])
    issued_on: date
    issued_by: str = Field(examples=["assistant"])
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[CreditNoteLineOut]


class CreditedOut(_Answer):
    """A credit note that was issued."""

    number: str = Field(examples=["DTC-2026-000007"])
    amount: MoneyOut
    invoice_number: str = Field(examples=["DT-2026-000123"])
    new_total: MoneyOut = Field(description="What remains to pay of the invoice")
    balance_due: MoneyOut


class PaymentOut(_Answer):
    reference: str = Field(examples=["BT-771"])
    amount: MoneyOut
    received_on: date
    method: str = Field(examples=["bank_transfer"])
    reversed_on: date | None = Field(description="Bounced or recalled: it pays nothing")


class RefundOut(_Answer):
    """Money on its way back to the customer."""

    reference: str = Field(examples=["BT-771"])
    amount: MoneyOut
    method: str = Field(
        description="card, or bank_transfer, which a person makes", examples=["card"]
    )
    state: str = Field(
        description="requested, sent, or failed: then it is credit again", examples=["sent"]
    )
    requested_on: date
    settled_on: date | None


class Refunds(_Answer):
    refunds: list[RefundOut]


class ChargeOut(_Answer):
    """A late fee or one-off that the next invoice will carry."""

    kind: str = Field(examples=["late_fee"])
    description: ByLanguage
    net: MoneyOut
    supplied_on: date


class CorrectedOut(_Answer):
    """An error that was put right."""

    credit_note_number: str | None = Field(
        description="null: a payment that had gone astray was allocated",
        examples=["DTC-2026-000007"],
    )
    amount: MoneyOut
    invoice_number: str = Field(examples=["DT-2026-000123"])
    new_total: MoneyOut = Field(description="What remains to pay of that invoice")
    balance_due: MoneyOut


class DiscountOut(_Answer):
    percent_bp: int | None = Field(examples=[1500])
    amount: MoneyOut = Field(description="At most, over all months")
    monthly_amount: MoneyOut
    months: int = Field(examples=[3])
    starts: str = Field(description="open_invoice or next_invoice", examples=["next_invoice"])


class GrantedOut(_Answer):
    """A discount that is the customer's now."""

    grant_id: UUID
    offer: DiscountOut
    credit_note_number: str | None = Field(
        description="When it begins with an open invoice", examples=["DTC-2026-000007"]
    )
    balance_due: MoneyOut


class Customers(_Answer):
    customers: list[CustomerOut]


class Invoices(_Answer):
    invoices: list[InvoiceOut]
    next: Next


class Findings(_Answer):
    findings: list[FindingOut]


class Grants(_Answer):
    grants: list[GrantOut]


class Arrangements(_Answer):
    arrangements: list[ArrangementOut]


class Journal(_Answer):
    entries: list[JournalEntryOut]
    next: Next


class CreditNotes(_Answer):
    credit_notes: list[CreditNoteOut]
    next: Next


class Payments(_Answer):
    payments: list[PaymentOut]
    next: Next


class Charges(_Answer):
    charges: list[ChargeOut]
