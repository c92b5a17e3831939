"""How can a bill be paid?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions import pending
from bot.actions.job import Job


async def payment_methods(job: Job) -> None:
    """Public; a payment link is offered where the company has them."""
    job.say("utter_payment_methods")
    if not job.billing.takes_payments:
        return
    known = (await job.who()).level is Level.VERIFIED
    job.say("utter_offer_link" if known else "utter_offer_link_after_proof")
    pending.ask(job, "pay_by_link")
