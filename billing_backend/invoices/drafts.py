"""What does a whole invoice come to, and what does it mean for the books?"""

from collections.abc import Sequence
from dataclasses import dataclass

from billing_backend.invoices.facts import DraftLine
from billing_backend.invoices.totals import line_taxes
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money, total


@dataclass(frozen=True, slots=True)
class DraftInvoice:
    """Lines with their taxes, in order; law: net + tax = total, line by line and in sum."""

    lines: tuple[tuple[DraftLine, Money], ...]
    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        return self.net + self.tax


def add_up(lines: Sequence[DraftLine], currency: str) -> DraftInvoice:
    taxes = line_taxes([(line.net.minor, line.tax_rate_bp) for line in lines])
    taxed = tuple((line, Money(tax, currency)) for line, tax in zip(lines, taxes, strict=True))
    return DraftInvoice(
        lines=taxed,
        net=total((line.net for line in lines), currency),
        tax=total((tax for _, tax in taxed), currency),
    )


def transfers(invoice: DraftInvoice) -> tuple[Transfer, ...]:
    """The invoice in the books: what the customer owes, against what it is for."""
    currency = invoice.net.currency
    by_ledger: dict[Ledger, Money] = {}
    for line, _ in invoice.lines:
        ledger = _ledger(line)
        by_ledger[ledger] = by_ledger.get(ledger, Money(0, currency)) + line.net
    by_ledger[Ledger.VAT] = invoice.tax
    return tuple(
        Transfer(debit=Ledger.RECEIVABLE, credit=ledger, amount=amount)
        for ledger, amount in by_ledger.items()
    )


def _ledger(line: DraftLine) -> Ledger:
    if line.kind == "discount":
        return Ledger.DISCOUNTS
    return Ledger.LATE_FEES if line.kind == "late_fee" else Ledger.REVENUE
