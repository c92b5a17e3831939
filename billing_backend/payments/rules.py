"""Which invoices does an amount pay, what is left of it, and where does a refund come from?"""

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
    currency: str = "RON"


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


def take_back(minor: int, left: int, paid: Sequence[Share]) -> list[Share]:
    """What a refund of so much of one payment takes off the invoices that it paid.

    What is left of the payment goes first; then the invoices, in the order given. Law: for an
    amount of at most left + paid, what is taken of both is the amount, and no invoice loses more
    than it got.
    """
    shares = []
    missing = minor - min(minor, left)
    for share in paid:
        part = min(missing, share.minor)
        if part > 0:
            shares.append(Share(share.invoice_id, part))
            missing -= part
    return shares


def amount_to_pay(
    wanted: int | None, due: int, minimum: int, processing: int = 0
) -> tuple[int, str | None]:
    """What a payment link is for, and why there can be none (None: there can).

    `processing` is on its way already. In this order: processing, nothing_due, above_due (nobody
    is asked for more than is owed), below_minimum (the provider takes no less).
    """
    amount = due if wanted is None else wanted
    if processing and amount > due - processing:
        return amount, "processing"
    if due <= 0:
        return amount, "nothing_due"
    if amount > due:
        return amount, "above_due"
    if amount < minimum:
        return amount, "below_minimum"
    return amount, None


# A checkout goes on from left to right and never back, in whatever order events arrive.
_PROGRESS = ("opening", "open", "expired", "processing", "failed", "paid")


def goes_on(now: str, news: str) -> bool:
    """Whether a checkout in this state is changed by that news."""
    return _PROGRESS.index(news) > _PROGRESS.index(now)
