"""What does the document of an issued invoice or credit note say? Pure: facts in, value out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from billing_backend.documents.values import (
    Buyer,
    Document,
    DocumentLine,
    Kind,
    Reference,
    Seller,
    TaxSubtotal,
)
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money, total

PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Settled:
    """What came off an invoice: `prepaid` by credit at its issue, then payments, and credit notes
    by number."""

    prepaid: Money
    paid: Money
    credited: Money
    credited_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditNoteView:
    """An issued credit note in plain values; amounts are positive, in the customer's favour."""

    number: str
    issued_on: date
    reason: str
    net: Money
    tax: Money
    total: Money
    lines: tuple[DocumentLine, ...]
    corrects: Reference


def invoice_document(
    invoice: InvoiceView,
    settled: Settled,
    *,
    seller: Seller,
    buyer: Buyer,
    language: str,
    units: Mapping[str, str],
) -> Document:
    """`units`: what usage of a product is counted in, by product code."""
    lines = tuple(
        DocumentLine(
            position=position,
            kind=line.kind,
            name=line.description,
            quantity=line.quantity,
            unit=_unit(line.kind, line.product_code, units),
            net=line.net,
            tax=line.tax,
            rate_bp=line.tax_rate_bp,
            period=line.period,
        )
        for position, line in enumerate(invoice.lines, start=1)
    )
    return Document(
        kind=Kind.INVOICE,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        period=invoice.period,
        language=language,
        seller=seller,
        buyer=buyer,
        lines=lines,
        taxes=subtotals(lines),
        net=invoice.net,
        tax=invoice.tax,
        total=invoice.total,
        credit_used=invoice.credit_used,
        paid=settled.paid,
        credited=settled.credited,
        prepaid=settled.prepaid,
        credited_by=settled.credited_by,
    )


def credit_note_document(
    note: CreditNoteView, *, seller: Seller, buyer: Buyer, language: str
) -> Document:
    nothing = Money(0, note.total.currency)
    return Document(
        kind=Kind.CREDIT_NOTE,
        number=note.number,
        issued_on=note.issued_on,
        due_on=None,
        period=None,
        language=language,
        seller=seller,
        buyer=buyer,
        lines=note.lines,
        taxes=subtotals(note.lines),
        net=note.net,
        tax=note.tax,
        total=note.total,
        credit_used=nothing,
        paid=nothing,
        credited=nothing,
        prepaid=nothing,
        corrects=note.corrects,
        reason=note.reason,
    )


def subtotals(lines: Sequence[DocumentLine]) -> tuple[TaxSubtotal, ...]:
    """The lines summed by rate, highest rate first."""
    rates = sorted({line.rate_bp for line in lines}, reverse=True)
    by_rate = {rate: [line for line in lines if line.rate_bp == rate] for rate in rates}
    return tuple(
        TaxSubtotal(rate, total(line.net for line in of_rate), total(line.tax for line in of_rate))
        for rate, of_rate in by_rate.items()
    )


def _unit(kind: str, product_code: str | None, units: Mapping[str, str]) -> str:
    # A plan's unit is that of its allowance; its fee is one piece.
    if kind != "usage" or product_code is None:
        return PIECE
    return units.get(product_code, PIECE)
