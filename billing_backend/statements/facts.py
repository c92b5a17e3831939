"""What is a line of a bank statement to us, and what is known of whom it may name?"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Money that came in. `reference` is the bank's own, unique; `note` what the payer wrote."""

    amount: Money
    booked_on: date
    reference: str
    note: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as read: money that came in, and how many lines were about something else
    (money that went out, entries not booked yet, reversals)."""

    lines: tuple[StatementLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Named:
    """An invoice or customer number that exists, and whose account it is."""

    account_id: UUID
    currency: str
    invoice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Whose money a line is; `invoice_id` when the payer named one."""

    account_id: UUID
    invoice_id: UUID | None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nobody knows whose it is: no_reference, unknown_reference, two_accounts, other_currency."""

    reason: str
