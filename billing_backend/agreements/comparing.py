"""What would each plan have cost for what was really used? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_backend.agreements.facts import Offered
from billing_backend.contract import PlanCost
from billing_backend.invoices.facts import UsageFacts
from billing_backend.invoices.rules import rated
from billing_backend.invoices.vat import standard_rate
from billing_backend.money import Money, total


def plan_cost(product: Offered, fee: Money, usage: Sequence[int], day: date) -> PlanCost:
    """The plan's fee and what is above its allowance, by the prices and the tax rate of one day.

    `usage` is what was used in each period. Tax is rounded once a period, as on an invoice.
    """
    rate = standard_rate(day)
    nets = [fee + extra_net(product, used, day, fee.currency) for used in usage]
    periods = tuple(net + net.share(rate) for net in nets)
    return PlanCost(
        code=product.code,
        name=product.name,
        monthly=fee + fee.share(rate),
        periods=periods,
        total=total(periods, fee.currency),
    )


def extra_net(product: Offered, used: int, day: date, currency: str) -> Money:
    """What is above the allowance, by tiers, without tax. CannotBill without a price."""
    if product.allowance is None or product.usage_code is None or used <= product.allowance:
        return Money(0, currency)
    facts = UsageFacts(
        quantity=used,
        allowance=product.allowance,
        product_code=product.usage_code,
        name=product.name,
        prices=product.extra_prices,
        tiers=product.extra_tiers,
    )
    steps = rated(facts, used - product.allowance, day)
    return Money(sum(units * net for units, net in steps), currency)
