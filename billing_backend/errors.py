"""What can a caller of billing do wrong, in the caller's own terms?

A rule's refusal is a value with a reason. These exceptions are for requests that make no sense
and for broken invariants; the edge turns them into problem+json, one line or a polite sentence.
"""


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


class RefusedByRule(BillingError):
    """A rule stands in the way, for a program that cannot be handed a value: see `reason`."""

    def __init__(self, reason: str, detail: object = None) -> None:
        super().__init__(f"refused: {reason}" + (f" ({detail})" if detail is not None else ""))
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
