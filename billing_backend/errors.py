"""What can a caller of billing do wrong, in the caller's own terms?

A rule's refusal is a value with a reason. These exceptions are for requests that make no sense
and for broken invariants; the edge turns them into problem+json, one line or a polite sentence.
"""

from collections.abc import Iterable
from typing import ClassVar


class BillingError(Exception):
    """The request cannot be carried out; the message says what to do."""


class CurrencyMismatch(BillingError):
    """Two currencies never add: convert one of them first."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} cannot be added; convert one of them first")


class CannotBill(BillingError):
    """An account's invoice cannot be drawn up: mend what the reason names, then run again.

    `reason` is no_price, no_tax_rate, other_currency or below_zero.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class NotFound(BillingError):
    """Nothing with that reference: check the number and try again."""

    def __init__(self, kind: str, reference: object) -> None:
        super().__init__(f"no {kind} {reference}")
        self.kind = kind


class IdempotencyConflict(BillingError):
    """The same idempotency key came with a different request: use a new key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"idempotency key {key} was already used for a different request")


class WrongValue(BillingError):
    """A field has a value that it cannot have: correct the one that the message names."""

    def __init__(self, field: str, need: str) -> None:
        super().__init__(f"{field}: {need}")
        self.field = field


class CreditAboveInvoice(BillingError):
    """More than the invoice came to would be given back: credit at most what is left of it."""

    def __init__(self, number: str) -> None:
        super().__init__(f"credit notes on {number} would exceed it; credit at most what is left")


class ImpossibleDiscount(BillingError):
    """A discount is 1 to 10,000 basis points for 1 to 24 months: correct the figures."""

    def __init__(self, percent_bp: int, months: int) -> None:
        super().__init__(
            f"{percent_bp} basis points for {months} months are no discount; "
            "give 1 to 10,000 for 1 to 24 months"
        )


class NoDocument(BillingError):
    """The document cannot be written: mend what the reason names."""

    _WHY: ClassVar[dict[str, str]] = {
        "no_company": "it is not known who issues it: set LIMPEDE_COMPANY_FILE",
        "no_address": "the customer has no address: an e-invoice needs one",
        "foreign_currency": "an e-invoice here is in RON only",
    }

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(f"{number} cannot be written: {self._WHY.get(reason, reason)}")
        self.reason = reason


class UnknownReason(BillingError):
    """A refund has one of the known reasons: give one of them."""

    def __init__(self, reason: str, known: Iterable[str]) -> None:
        super().__init__(f"{reason} is no reason for a refund; give one of {', '.join(known)}")


class ImpossibleRefund(BillingError):
    """A refund is a positive amount in the currency that was paid: correct it."""

    def __init__(self, amount: object) -> None:
        super().__init__(f"{amount} cannot be refunded; give a positive amount in what was paid")


class WasRefunded(BillingError):
    """A payment of which something was sent back cannot be reversed: settle it by hand."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"payment {reference} was refunded, wholly or in part: it cannot be reversed as well"
        )
