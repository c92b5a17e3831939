"""Which figures may the business change without changing code?

Every "(default)" of the business rules is here, and nothing decides with a figure of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from types import MappingProxyType

from billing_backend.contract import AboveLimit, Tier
from billing_backend.dunning.table import DunningTable, tables
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
    # What happens to a late invoice, and when: dunning/policy.json, newest first.
    dunning: tuple[DunningTable, ...] = field(default_factory=tables)

    document_link_lifetime: timedelta = timedelta(hours=72)

    # corrections of our own errors, per correction; None: no limit
    correction_limits: Mapping[Tier, Money | None] = field(
        default_factory=lambda: _by_tier(_ron(200), _ron(1000), None)
    )

    # payment links and refunds
    payment_link_lifetime: timedelta = timedelta(days=7)
    checkout_lifetime: timedelta = timedelta(hours=1)  # Stripe allows 30 minutes to 24 hours
    payment_minimum: Money = field(default_factory=lambda: _ron(2))  # Stripe's own for RON
    # What one refund may come to, by tier; None: no limit.
    refund_limits: Mapping[Tier, Money | None] = field(
        default_factory=lambda: _by_tier(_ron(200), _ron(1000), None)
    )

    # pay later
    extension_days: int = 14
    extensions_per_year: int = 2
    instalments_from: Money = field(default_factory=lambda: _ron(100))  # less is paid whole
    instalments_most: int = 4
    instalment_first_days: int = 14  # until the first part; the others follow month by month

    # disputes
    dispute_series: str = "CT"
    dispute_answer_days: int = 30
    dispute_paid_months: int = 12  # how far back a paid invoice may be disputed
    dispute_fresh_days: int = 14  # to pay what was disputed, after a rejection

    # notices: nobody is written to between these hours of the business's zone
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    due_soon_days: int = 3  # before the due date
    arrangement_due_days: int = 2  # before the day that was agreed

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

    def dunning_on(self, due_on: date) -> DunningTable:
        """The table for invoices that fell due on that day."""
        return next(table for table in self.dunning if table.valid_from <= due_on)


def above_limit(
    limits: Mapping[Tier, Money | None], amount: Money, tier: Tier
) -> AboveLimit | None:
    """Why this tier may not give so much, and who may; None when it may. A limit says nothing of
    an amount in another currency: that takes somebody without one."""
    limit = limits[tier]
    if limit is None or _within(limit, amount):
        return None
    able = [each for each in Tier if _within(limits[each], amount)]
    return AboveLimit(amount=amount, limit=limit, needs=able[0] if able else Tier.SUPERVISOR)


def _within(limit: Money | None, amount: Money) -> bool:
    return limit is None or (amount.currency == limit.currency and amount <= limit)
