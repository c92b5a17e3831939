"""Can the customer get a code by SMS: again, or instead of a PIN?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions import proof
from bot.actions.job import Job


async def send_code(job: Job) -> None:
    """A new code, if it is known whom to send it to; otherwise that is asked first."""
    who = await proof.recognised(job)
    if who.level is Level.VERIFIED and who.fresh:
        job.say("utter_known_already")
    elif job.memory.get("named") or who.customer_id is not None:
        await proof.send_code(job)
    else:
        await proof.ask_for_proof(job)
