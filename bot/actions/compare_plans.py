"""Which plan would be cheaper for what the customer really uses?

Only on request (business rules, section 5): unprompted plan recommendations raised churn from
6.4 % to 10.0 % in a randomised study of about 65,000 telecom customers (Ascarza, Iyengar,
Schleicher).
"""

from __future__ import annotations

from billing_backend.contract import PlanComparison, PlanCost
from bot import wording
from bot.actions.choices import offer
from bot.actions.job import Job
from bot.actions.proof import verified


@verified
async def compare_plans(job: Job) -> None:
    customer = await job.customer()
    found = await job.billing.compare_plans(job.session, customer.account_id, today=job.today)
    if found is None:
        job.say("utter_compare_nothing")
        return
    _say_months(job, found)
    if not found.cheaper:
        job.say("utter_compare_cheapest", plan=job.in_language(found.current.name))
        return
    for cost in found.cheaper:
        _say_cost(job, cost, found)
    if found.usage is None:
        job.say("utter_compare_not_alike")
    options = [(job.in_language(each.name), f"product:{each.code}") for each in found.cheaper]
    offer(job, "utter_compare_choose", options)


def _say_months(job: Job, found: PlanComparison) -> None:
    months = wording.count(found.months, "month", job.language, job.channel)
    plan = job.in_language(found.current.name)
    if found.usage is None:
        job.say("utter_compare_prices", plan=plan, price=found.current.monthly)
    else:
        job.say(
            "utter_compare_usage",
            months=months,
            least=_so_much(job, min(found.usage), found),
            most=_so_much(job, max(found.usage), found),
            plan=plan,
            total=found.current.total,
        )


def _so_much(job: Job, used: int, found: PlanComparison) -> str:
    return wording.quantity(used, found.unit or "", job.language, job.channel)


def _say_cost(job: Job, cost: PlanCost, found: PlanComparison) -> None:
    if found.usage is None:
        job.say("utter_compare_price", plan=job.in_language(cost.name), price=cost.monthly)
        return
    job.say(
        "utter_compare_plan",
        plan=job.in_language(cost.name),
        total=cost.total,
        saving=found.current.total - cost.total,
        price=cost.monthly,
    )
