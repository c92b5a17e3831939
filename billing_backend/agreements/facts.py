"""What must be known of an account and the catalogue to decide on a change?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from billing_backend.contract import ScheduledChange
from billing_backend.invoices.facts import AccountFacts, DatedPrices, SubscriptionFacts
from billing_backend.invoices.periods import Period
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class Offered:
    """A product of the catalogue, with its prices in the account's currency.

    `other_currency` is the catalogue's, where it has no price in the account's. `extra_prices` and
    `extra_tiers` are those of a unit above the allowance.
    """

    code: str
    kind: str
    family: str
    name: dict[str, Any]
    prices: DatedPrices
    on_sale_from: date
    on_sale_until: date | None = None
    unit: str | None = None
    allowance: int | None = None
    usage_code: str | None = None
    extra_prices: DatedPrices = ()
    extra_tiers: tuple[tuple[date, int, int], ...] = ()
    goes_with: tuple[str, ...] | None = None
    minimum_term_months: int = 0
    other_currency: str | None = None

    def is_on_sale(self, day: date) -> bool:
        return self.on_sale_from <= day and (
            self.on_sale_until is None or day <= self.on_sale_until
        )

    def fits(self, family: str) -> bool:
        return self.goes_with is None or family in self.goes_with


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that runs or is to begin: what billing knows of it, and what was agreed."""

    facts: SubscriptionFacts
    family: str
    since: date
    minimum_term_until: date | None = None

    @property
    def subscription_id(self) -> UUID:
        return self.facts.subscription_id

    def runs_on(self, day: date) -> bool:
        return self.since <= day and (self.facts.ends_on is None or day <= self.facts.ends_on)


@dataclass(frozen=True, slots=True)
class Pending:
    """A scheduled change, with what withdrawing it takes: `ended` maps subscriptions to the last
    day that they had before."""

    told: ScheduledChange
    ended: dict[UUID, date | None]
    started: tuple[UUID, ...]
    charge_id: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One account on one day: what it has, what is scheduled, and what its next invoice would be
    drawn up from."""

    today: date
    period: Period  # that today falls in
    next_period: Period  # of the next invoice
    account: AccountFacts
    held: tuple[Held, ...]
    pending: tuple[Pending, ...] = ()
    suspended_on: date | None = None
    ended_on: date | None = None  # of a service that is over: its plan's last day

    def of_kind(self, kind: str) -> list[Held]:
        return [each for each in self.held if each.facts.kind == kind]

    def running(self, kind: str, day: date) -> list[Held]:
        return [each for each in self.of_kind(kind) if each.runs_on(day)]


@dataclass(frozen=True, slots=True)
class Start:
    """A subscription to begin: at `net` (of one, promised) until `agreed_until`."""

    product: Offered
    net: Money
    agreed_until: date
    minimum_term_until: date | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A change that the rules allow. `from_day` is the first day of the new state; what `ends`
    runs until the day before. `fee` is the early-termination fee, without tax."""

    kind: str
    from_day: date
    ends: tuple[Held, ...]
    start: Start | None
    fee: Money | None
    withdraws: tuple[Pending, ...] = ()

    @property
    def last_day(self) -> date:
        return self.from_day - timedelta(days=1)
