"""Which plan does the customer have?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.wording import dated


@verified
async def plan_info(job: Job) -> None:
    """The plan and since when; other plans and contract ends are a person's for now."""
    customer = await job.customer()
    since = dated(customer.customer_since, job.language, job.channel)
    job.say("utter_plan", plan=customer.plan_name, since=since)
    pending.ask(job, "person", topic="ask_plan_info")
