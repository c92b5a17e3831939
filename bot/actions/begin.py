"""What does the customer hear first: after /start, or when a call begins?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions.job import Job
from bot.actions.pending import withdraw_offer


async def begin(job: Job) -> None:
    """A fresh start: whatever was half asked is dropped; who they are is kept."""
    await withdraw_offer(job)
    job.forget("confirm", "resume", "also", "topic", "dispute", "leaving")
    job.expect(None)
    who = await job.who()
    if job.by_voice:
        job.say("utter_voice_welcome", company=job.services.company)
        job.expect("language")
    elif who.level is Level.VERIFIED:
        job.say("utter_welcome_back", company=job.services.company)
    elif job.channel == "telegram" and who.customer_id is None:
        job.say("utter_welcome_stranger", company=job.services.company)
        job.expect("customer_number")
    else:
        job.say("utter_welcome", company=job.services.company)
