"""What is an offer worth, month by month and in all?

Pure. Amounts are integers; the decision table gives figures, never money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from billing_backend.contract import Tier
from billing_backend.discounts.facts import Outcome
from billing_backend.money import BASIS_POINTS, Money, half_up
from billing_backend.policy import Policy

# From the lowest authority to the highest; the decision table calls them 1, 2 and 3.
TIERS = (Tier.ASSISTANT, Tier.AGENT, Tier.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Terms:
    """What would be given, before anything is reserved. Law: amount == monthly * months."""

    rule_id: str
    version: str
    percent_bp: int | None
    monthly_net: Money
    monthly: Money  # with tax at today's rate
    months: int
    amount: Money
    starts: str
    tier: Tier
    open_for: timedelta


def terms_of(outcome: Outcome, fee: Money, tax_rate_bp: int, policy: Policy) -> Terms | None:
    """What the row gives on a monthly fee without tax; None when that comes to nothing."""
    net = (
        fee.share(outcome.percent_bp)
        if outcome.kind == "percent"
        else min(Money(outcome.amount_minor, fee.currency), fee)
    )
    return make_terms(
        rule_id=outcome.rule_id,
        version=outcome.version,
        percent_bp=outcome.percent_bp if outcome.kind == "percent" else None,
        monthly_net=_within_cap(net, tax_rate_bp, outcome.months, outcome.cap_minor),
        tax_rate_bp=tax_rate_bp,
        months=outcome.months,
        starts=outcome.starts,
        tier=TIERS[outcome.tier - 1],
        open_for=timedelta(days=outcome.expiry_days) or policy.offer_lifetime,
    )


def make_terms(
    *,
    rule_id: str,
    version: str,
    percent_bp: int | None,
    monthly_net: Money,
    tax_rate_bp: int,
    months: int,
    starts: str,
    tier: Tier,
    open_for: timedelta,
) -> Terms | None:
    """Terms with their amounts; None when a month's discount is nothing."""
    if monthly_net.minor <= 0 or months <= 0:
        return None
    monthly = with_tax(monthly_net, tax_rate_bp)
    return Terms(
        rule_id=rule_id,
        version=version,
        percent_bp=percent_bp,
        monthly_net=monthly_net,
        monthly=monthly,
        months=months,
        amount=monthly * months,
        starts=starts,
        tier=tier,
        open_for=open_for,
    )


def with_tax(net: Money, tax_rate_bp: int) -> Money:
    """On an invoice tax is rounded for all lines together: it may differ by one minor unit."""
    return net + net.share(tax_rate_bp)


def _within_cap(net: Money, tax_rate_bp: int, months: int, cap_minor: int) -> Money:
    """At most so much a month that all months together, with tax, stay under the cap."""
    if cap_minor == 0 or months == 0 or with_tax(net, tax_rate_bp).minor * months <= cap_minor:
        return net
    capped = half_up(cap_minor // months * BASIS_POINTS, BASIS_POINTS + tax_rate_bp)
    while with_tax(Money(capped, net.currency), tax_rate_bp).minor * months > cap_minor:
        capped -= 1
    return Money(capped, net.currency)
