"""What is an issued invoice to a rule: plain values, with the references behind each line?"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from billing_backend.contract import InvoiceFacts, InvoiceLineFacts
from billing_backend.invoices.periods import Period
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class LineView:
    line_id: UUID
    kind: str
    description: dict[str, Any]
    quantity: int
    net: Money
    tax: Money
    tax_rate_bp: int
    period: Period
    product_code: str | None = None
    subscription_id: UUID | None = None
    promotion_id: UUID | None = None
    grant_id: UUID | None = None
    charge_id: UUID | None = None

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """`paid` is what payments and credit notes have taken off, `credit_used` the part of it
    that lay on the account when the invoice was issued."""

    invoice_id: UUID
    account_id: UUID
    number: str
    period: Period
    issued_on: date
    due_on: date
    net: Money
    tax: Money
    total: Money
    paid: Money
    credit_used: Money
    lines: tuple[LineView, ...]

    @property
    def to_pay_at_issue(self) -> Money:
        return self.total - self.credit_used


def facts(invoice: InvoiceView, today: date) -> InvoiceFacts:
    """The invoice in the contract's terms, its state derived for `today`."""
    return InvoiceFacts(
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        period_start=invoice.period.start,
        period_end=invoice.period.end,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        tax=invoice.tax,
        total=invoice.total,
        outstanding=invoice.total - invoice.paid,
        state=_state(invoice, today),
        lines=tuple(_line_facts(line) for line in invoice.lines),
        credit_used=invoice.credit_used,
    )


def _state(invoice: InvoiceView, today: date) -> str:
    if invoice.paid >= invoice.total:
        return "paid"
    if invoice.due_on < today:
        return "overdue"
    return "partly_paid" if invoice.paid else "issued"


def _line_facts(line: LineView) -> InvoiceLineFacts:
    return InvoiceLineFacts(
        kind=line.kind,
        description=line.description,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        tax_rate_bp=line.tax_rate_bp,
        period_start=line.period.start,
        period_end=line.period.end,
        line_id=line.line_id,
    )
