"""The customer takes the discount: is it on the account?"""

from __future__ import annotations

from uuid import UUID

from billing_backend.contract import Granted
from bot import wording
from bot.actions import pending
from bot.actions.change_of_mind import agreed_to
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified


@freshly_verified
async def accept_offer(job: Job) -> None:
    """Reached by a "yes" only; the offer is the one that was asked about."""
    question = pending.asked(job)
    if question is None or question["what"] != "accept_offer":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.accept_offer(
        job.session,
        customer.account_id,
        UUID(question["offer_id"]),
        authority=ASSISTANT,
        key=job.key("accept_offer"),
        now=job.now,
    )
    if isinstance(outcome, Granted):
        job.forget("leaving")
        agreed_to(job, "discount")
        _say_granted(job, outcome)
    elif outcome.reason == "already_accepted":
        job.say("utter_offer_taken_already")
    else:
        job.say("utter_offer_gone")


def _say_granted(job: Job, granted: Granted) -> None:
    months = wording.count(granted.offer.months, "month", job.language, job.channel)
    job.say("utter_granted", monthly=granted.offer.monthly_amount, months=months)
    if granted.credit_note_number is not None:
        job.say(
            "utter_granted_now",
            credit_note=granted.credit_note_number,
            balance=granted.balance_due,
        )
    else:
        job.say("utter_granted_later")
