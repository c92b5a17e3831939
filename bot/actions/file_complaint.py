"""The customer complains about us: somebody must hear it."""

from __future__ import annotations

from bot.actions.job import Job


async def file_complaint(job: Job) -> None:
    job.say("utter_complaint_heard")
    await job.hand_over("asked", topic="file_complaint")
