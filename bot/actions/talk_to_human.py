"""The customer wants a person: one is brought in, without questions."""

from __future__ import annotations

from bot.actions.job import Job


async def talk_to_human(job: Job) -> None:
    await job.hand_over("asked")
