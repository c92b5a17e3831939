"""How much of the plan's allowance is used in this period?"""

from __future__ import annotations

from typing import Any

from billing_backend.contract import UsageSummary
from bot import wording
from bot.actions.hints import asks_for_cheaper
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.which_bill import asked_month


async def check_usage(job: Job) -> None:
    if asks_for_cheaper(job):
        await job.go_on_with("action_compare_plans")
    else:
        await _of_the_period(job)


@verified
async def _of_the_period(job: Job) -> None:
    customer = await job.customer()
    used = await job.billing.usage(job.session, customer.account_id, today=job.today)
    if used is None:
        job.say("utter_no_plan")
    elif used.used is None or used.allowance is None:
        job.say("utter_usage_unlimited", plan=job.in_language(used.name))
    else:
        if _asks_for_the_past(job):
            job.say("utter_usage_of_now_only")
        _say_used(job, used, used.used, used.allowance)


def _asks_for_the_past(job: Job) -> bool:
    """What was used then stands on that month's bill, as far as it cost anything."""
    month = asked_month(job)
    return month is not None and month < job.today.replace(day=1)


def _say_used(job: Job, summary: UsageSummary, used: int, allowance: int) -> None:
    def so_much(number: int) -> str:
        return wording.quantity(number, summary.unit or "", job.language, job.channel)

    values: dict[str, Any] = {
        "used": so_much(used),
        "allowance": so_much(allowance),
        "start": summary.period_start,
        "end": summary.period_end,
    }
    if used <= allowance:
        job.say("utter_usage", left=so_much(allowance - used), **values)
    else:
        above = so_much(used - allowance)
        job.say("utter_usage_above", above=above, cost=summary.extra_cost, **values)
