"""What is a balanced entry of the books?"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from billing_backend.money import Money


class Ledger(StrEnum):
    """The accounts of the books."""

    RECEIVABLE = "receivable"  # what customers owe on issued invoices
    CUSTOMER_CREDIT = "customer_credit"  # what we owe customers: money no invoice has used
    SUSPENSE = "suspense"  # money that came in and nobody knows yet whose it is
    REFUNDS = "refunds"  # what goes back to customers and has not left the bank yet
    CASH = "cash"
    REVENUE = "revenue"
    VAT = "vat"
    DISCOUNTS = "discounts"  # promotions and granted discounts, against revenue
    CORRECTIONS = "corrections"  # our own errors, apart from discounts
    GOODWILL = "goodwill"
    CANCELLATIONS = "cancellations"  # billed ahead for what has ended
    LATE_FEES = "late_fees"
    # Memo accounts: promises, not money. They only ever face each other.
    MEMO_DISCOUNTS_PROMISED = "memo_discounts_promised"
    MEMO_DISCOUNTS_OPEN = "memo_discounts_open"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One amount, debited to one account and credited to another.

    An entry is a list of transfers, so it balances by its shape: there is no way to write one
    that does not.
    """

    debit: Ledger
    credit: Ledger
    amount: Money


def normal(transfers: Iterable[Transfer]) -> list[Transfer]:
    """The same transfers with positive amounts: a negative one goes the other way, zero goes."""
    return [_positive(transfer) for transfer in transfers if transfer.amount]


def _positive(transfer: Transfer) -> Transfer:
    if transfer.amount.minor > 0:
        return transfer
    return Transfer(debit=transfer.credit, credit=transfer.debit, amount=-transfer.amount)
