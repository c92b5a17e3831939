"""The customer wants to pay in parts."""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job


async def request_payment_plan(job: Job) -> None:
    """Instalments are a person's decision for now; more time for the whole is ours."""
    job.say("utter_payment_plan")
    pending.ask(job, "person", topic="request_payment_plan")
