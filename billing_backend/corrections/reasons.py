"""For which reasons is money given back, and where in the books does each stand?

Our own errors, goodwill, cancellations and discounts are kept apart: in the books, in the
statistics, and in what each may use up (only discounts have a budget).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from billing_backend.journal import Ledger


class Kind(StrEnum):
    ERROR = "error"  # we were wrong
    GOODWILL = "goodwill"  # nobody was wrong, or nothing is proven
    CANCELLATION = "cancellation"  # billed ahead for what has ended
    DISCOUNT = "discount"  # granted by a discount's rules


class Reason(StrEnum):
    """What a credit note is for. Those of errors are the findings of the account review."""

    DUPLICATE_CHARGE = "duplicate_charge"
    ADD_ON_NOT_ORDERED = "add_on_not_ordered"
    CHARGED_AFTER_CANCELLATION = "charged_after_cancellation"
    PRICE_ABOVE_AGREEMENT = "price_above_agreement"
    WRONG_PRORATION = "wrong_proration"
    PROMISED_DISCOUNT_MISSING = "promised_discount_missing"
    WRONG_TAX_RATE = "wrong_tax_rate"
    LATE_FEE_UNJUSTIFIED = "late_fee_unjustified"
    ERROR = "error"  # an error of ours that none of the above names
    GOODWILL = "goodwill"
    SERVICE_OUTAGE = "service_outage"  # the service did not work for a while
    CANCELLATION = "cancellation"  # the service ended earlier than it was billed for
    WITHDRAWAL = "withdrawal"  # the contract was withdrawn from in the first 14 days
    DISCOUNT = "discount"


# A discount is granted by its own use case, within its budget; all others may be given by hand.
BY_HAND = tuple(reason for reason in Reason if reason is not Reason.DISCOUNT)

_OTHER_KINDS: Mapping[Reason, Kind] = MappingProxyType(
    {
        Reason.GOODWILL: Kind.GOODWILL,
        Reason.SERVICE_OUTAGE: Kind.GOODWILL,
        Reason.CANCELLATION: Kind.CANCELLATION,
        Reason.WITHDRAWAL: Kind.CANCELLATION,
        Reason.DISCOUNT: Kind.DISCOUNT,
    }
)
_LEDGERS: Mapping[Kind, Ledger] = MappingProxyType(
    {
        Kind.ERROR: Ledger.CORRECTIONS,
        Kind.GOODWILL: Ledger.GOODWILL,
        Kind.CANCELLATION: Ledger.CANCELLATIONS,
        Kind.DISCOUNT: Ledger.DISCOUNTS,
    }
)

# Errors that put too much on a line; a promised discount that is missing left the line right.
CHARGED_WRONGLY = tuple(
    reason
    for reason in Reason
    if reason not in _OTHER_KINDS and reason is not Reason.PROMISED_DISCOUNT_MISSING
)


def kind_of(reason: str) -> Kind:
    """ValueError for a code that is none."""
    return _OTHER_KINDS.get(Reason(reason), Kind.ERROR)


def ledger_of(reason: str) -> Ledger:
    """The account of the books that a credit note of this reason is charged to."""
    return _LEDGERS[kind_of(reason)]
