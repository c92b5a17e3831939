"""Which invoices does an amount pay, and what is left of it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

# What a bank's reference and a payer's note may be long, in characters.
LONGEST_REFERENCE, LONGEST_NOTE = 140, 1_000


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An issued invoice that is not paid in full; amounts in minor units."""

    invoice_id: UUID
    number: str
    issued_on: date
    due_on: date
    outstanding: int


@dataclass(frozen=True, slots=True)
class Share:
    """So much of an amount goes to this invoice."""

    invoice_id: UUID
    minor: int


def allocate(
    minor: int, invoices: Sequence[OpenInvoice], named: UUID | None = None
) -> tuple[list[Share], int]:
    """Splits an amount over open invoices, oldest first, the one that the payer named before all.

    Answers the shares and what is left over. Law: shares + left over = the amount; no invoice
    gets more than it is open for; something is left over only when nothing is open any more.
    """
    shares = []
    left = minor
    for invoice in sorted(invoices, key=lambda each: (each.invoice_id != named, *_age(each))):
        part = min(left, invoice.outstanding)
        if part > 0:
            shares.append(Share(invoice.invoice_id, part))
            left -= part
    return shares, left


def _age(invoice: OpenInvoice) -> tuple[date, str]:
    return invoice.due_on, invoice.number


def left_open(invoices: Sequence[OpenInvoice], shares: Sequence[Share]) -> list[OpenInvoice]:
    """The invoices that are still open after these shares, with what is left of each."""
    paid: dict[UUID, int] = {}
    for share in shares:
        paid[share.invoice_id] = paid.get(share.invoice_id, 0) + share.minor
    after = [
        replace(each, outstanding=each.outstanding - paid.get(each.invoice_id, 0))
        for each in invoices
    ]
    return [invoice for invoice in after if invoice.outstanding > 0]
