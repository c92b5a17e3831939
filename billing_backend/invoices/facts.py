"""What must be known of an account to write its next invoice, and what is an unwritten line?"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from billing_backend.invoices.periods import Period
from billing_backend.money import Money

DatedPrices = tuple[tuple[date, int], ...]  # (valid from, net minor units), oldest first


@dataclass(frozen=True, slots=True)
class PromotionFacts:
    """A promotion agreed on a subscription, with its days (both included)."""

    promotion_id: UUID
    name: dict[str, Any]
    percent_bp: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """What was used in the period before, and what a unit above the allowance costs.

    `tiers` are (valid from, first unit, net minor units) of the units from which on they cost
    something else; those of a day go with that day's price.
    """

    quantity: int
    allowance: int
    product_code: str
    name: dict[str, Any]
    prices: DatedPrices
    tiers: tuple[tuple[date, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """A product of the account. `billed_through` is the last day that an invoice has charged;
    `refunded_from` the first day that one has given back. `currency` is the
    catalogue's when it sells the product only in another than the account's."""

    subscription_id: UUID
    product_code: str
    kind: str  # "plan" or "add_on"
    name: dict[str, Any]
    quantity: int
    starts_on: date
    ends_on: date | None
    prices: DatedPrices
    agreed_net_minor: int | None = None
    agreed_until: date | None = None
    promotions: tuple[PromotionFacts, ...] = ()
    usage: UsageFacts | None = None
    billed_through: date | None = None
    refunded_from: date | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """A late fee or one-off that waits for the next invoice."""

    charge_id: UUID
    kind: str
    description: dict[str, Any]
    net: Money
    supplied_on: date


@dataclass(frozen=True, slots=True)
class DiscountDue:
    """A granted discount for one period: basis points of the plan's fee, or a net amount."""

    grant_id: UUID
    description: dict[str, Any]
    percent_bp: int | None
    net: Money | None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    account_id: UUID
    billing_day: int
    currency: str
    subscriptions: tuple[SubscriptionFacts, ...] = ()
    charges: tuple[ChargeFacts, ...] = ()
    discounts: tuple[DiscountDue, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line before its tax is known: tax is rounded per rate and invoice."""

    kind: str
    description: dict[str, Any]
    net: Money
    tax_rate_bp: int
    period: Period
    quantity: int = 1
    product_code: str | None = None
    subscription_id: UUID | None = None
    promotion_id: UUID | None = None
    grant_id: UUID | None = None
    charge_id: UUID | None = None
