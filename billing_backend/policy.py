"""Which figures may the business change without changing code?

Every "(default)" of the business rules is here, and nothing decides with a figure of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from billing_backend.contract import Tier
from billing_backend.money import Money


def _ron(units: int) -> Money:
    return Money(units * 100, "RON")


def _by_tier(
    assistant: Money | None, agent: Money | None, supervisor: Money | None
) -> Mapping[Tier, Money | None]:
    """None: no limit."""
    return MappingProxyType(
        {Tier.ASSISTANT: assistant, Tier.AGENT: agent, Tier.SUPERVISOR: supervisor}
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """The business's own figures; the defaults are those of the demo company."""

    currency: str = "RON"
    zone: str = "Europe/Bucharest"

    # identity
    verification_fresh: timedelta = timedelta(minutes=15)  # young enough to change money
    verification_lasts: timedelta = timedelta(hours=12)  # young enough to hear amounts
    code_digits: int = 6
    code_lifetime: timedelta = timedelta(minutes=5)
    codes_per_window: int = 3
    codes_window: timedelta = timedelta(minutes=15)
    tries_before_short_lock: int = 3
    short_lock: timedelta = timedelta(minutes=15)
    tries_before_long_lock: int = 6
    long_lock: timedelta = timedelta(days=1)

    # invoices
    invoice_series: str = "DT"
    credit_note_series: str = "DTC"
    due_days: int = 14
    late_fee: Money = field(default_factory=lambda: _ron(10))
    late_fee_after_days: int = 3  # days after the due date before a late fee falls due

    # corrections of our own errors, per correction; None: no limit
    correction_limits: Mapping[Tier, Money | None] = field(
        default_factory=lambda: _by_tier(_ron(200), _ron(1000), None)
    )

    # pay later
    extension_days: int = 14
    extensions_per_year: int = 2

    # plans and services
    termination_fee_bp: int = 5_000  # of what is paid less, for each month left of a minimum term
    change_horizon_days: int = 366  # how far ahead a change may be scheduled
    months_compared: int = 6

    # discounts
    offer_lifetime: timedelta = timedelta(days=14)
    offers_per_episode: int = 2
    discount_cooldown_months: int = 6
    # What all offers and grants of one rule may be worth in a calendar month.
    discount_budget: Money = field(default_factory=lambda: _ron(5_000))
    holdout_bp: int = 1_000
    holdout_salt: str = "2026"
    # What one grant, and all grants of one customer in 12 months, may be worth by tier.
    discount_per_offer: Mapping[Tier, Money | None] = field(
        default_factory=lambda: _by_tier(_ron(100), _ron(300), _ron(1000))
    )
    discount_per_year: Mapping[Tier, Money | None] = field(
        default_factory=lambda: _by_tier(_ron(150), _ron(500), _ron(2000))
    )
