"""Which offers are there? The same for everybody: whether one fits is found out on request."""

from __future__ import annotations

from bot.actions.job import Job


async def ask_promotions(job: Job) -> None:
    job.say("utter_promotions")
