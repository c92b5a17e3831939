"""The customer asks for something that the assistant cannot do: shall a person?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job


async def offer_person(job: Job) -> None:
    """Says so honestly and asks; the person learns what it was about."""
    job.say("utter_offer_person", topic=job.phrase(f"utter_meaning_{job.intent}"))
    pending.ask(job, "person", topic=job.intent)
