"""How much was used, and which plan would have been the cheapest for it?"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.agreements import repository, rules
from billing_backend.agreements.comparing import extra_net, plan_cost
from billing_backend.agreements.facts import Held, Standing
from billing_backend.agreements.previews import taxed
from billing_backend.contract import PlanComparison, UsageSummary
from billing_backend.invoices.periods import months_back, periods_between
from billing_backend.invoices.rules import price_on
from billing_backend.money import Money
from billing_backend.policy import Policy


async def usage(session: AsyncSession, account_id: UUID, *, today: date) -> UsageSummary | None:
    """Of the plan, in the period that today falls in; None without a plan."""
    standing = await repository.standing(session, account_id, today=today)
    plan = rules.main_plan(standing)
    if plan is None:
        return None
    currency = standing.account.currency
    product = (await repository.offered(session, currency))[plan.facts.product_code]
    used = (await repository.usage_by_period(session, account_id)).get(standing.period.start)
    metered = product.usage_code is not None
    return UsageSummary(
        name=product.name,
        unit=product.unit,
        used=(used or 0) if metered else None,
        allowance=product.allowance,
        period_start=standing.period.start,
        period_end=standing.period.end,
        extra_cost=taxed(extra_net(product, used or 0, today, currency), today),
    )


async def compare_plans(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> PlanComparison | None:
    """The last months' own usage on every plan on sale of the same family, at today's prices.

    Only for who asks: unprompted plan recommendations raised churn from 6.4 % to 10.0 % in a
    randomised study of about 65,000 telecom customers (Ascarza, Iyengar, Schleicher).
    """
    standing = await repository.standing(session, account_id, today=today)
    plan = rules.main_plan(standing)
    if plan is None:
        return None
    offered = await repository.offered(session, standing.account.currency)
    current = offered[plan.facts.product_code]
    rivals = [
        each
        for each in offered.values()
        if each.kind == "plan"
        and each.family == plan.family
        and each.code != current.code
        and each.is_on_sale(today)
        and each.prices
    ]
    metered = any(each.usage_code is not None for each in [current, *rivals])
    used = await _used(session, standing, policy.months_compared) if metered else []
    if metered and not used:
        return None
    months = used or [0] * policy.months_compared
    others = [
        plan_cost(each, rules.listed(each, standing, today), months, today) for each in rivals
    ]
    return PlanComparison(
        current=plan_cost(current, _paid_now(plan, standing), months, today),
        others=tuple(sorted(others, key=lambda cost: (cost.total.minor, cost.code))),
        months=len(months),
        usage=tuple(used) if metered else None,
        unit=current.unit,
    )


async def _used(session: AsyncSession, standing: Standing, months: int) -> list[int]:
    """What was used in the last whole periods, oldest first; months without a figure are left
    out: nobody knows what was used in them."""
    known = await repository.usage_by_period(session, standing.account.account_id)
    first = months_back(standing.period.start, months)
    periods = periods_between(standing.account.billing_day, first, standing.period.start)
    whole = [period.start for period in periods if period.end < standing.period.start]
    return [known[start] for start in whole[-months:] if start in known]


def _paid_now(plan: Held, standing: Standing) -> Money:
    """As agreed, less the promotions that run: or a plan would look dearer than it is."""
    net = Money(price_on(plan.facts, standing.today), standing.account.currency)
    for promotion in plan.facts.promotions:
        if promotion.starts_on <= standing.today <= promotion.ends_on:
            net = net - net.share(promotion.percent_bp)
    return net
