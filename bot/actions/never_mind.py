"""The customer wants to drop what we were doing."""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job


async def never_mind(job: Job) -> None:
    """Nothing stays half asked; a reserved discount goes back to its budget."""
    await pending.withdraw_offer(job)
    job.forget("confirm", "resume", "topic", "named", "code_until", "leaving")
    job.expect(None)
    job.say("utter_dropped")
