"""Where is the customer's money: what is sent back, and how far is what they disputed?"""

from __future__ import annotations

from billing_backend.contract import RefundFacts
from bot import wording
from bot.actions import pending
from bot.actions.credited import say_taken_off
from bot.actions.dispute_status import say_states
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.request_refund import offer_refund

_TOLD = 3


@verified
async def check_refund_status(job: Job) -> None:
    """The newest refunds and disputes; without any, the credit that could be sent back, and what
    was taken off the bill instead."""
    customer = await job.customer()
    refunds = await job.billing.refunds(job.session, customer.account_id, limit=_TOLD)
    for refund in refunds:
        _say(job, refund)
    disputes = await job.billing.disputes(job.session, customer.account_id)
    say_states(job, disputes)
    if refunds or disputes:
        return
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    if balance.credit:
        offer_refund(job, balance.credit)
    elif not await say_taken_off(job):
        job.say("utter_no_refund")
        pending.ask(job, "person", topic=job.intent)


def _say(job: Job, refund: RefundFacts) -> None:
    day = wording.dated(refund.settled_on or refund.requested_on, job.language, job.channel)
    job.say(_STATES[refund.state, refund.method], amount=refund.amount, date=day)


_STATES = {
    ("requested", "card"): "utter_refund_requested",
    ("requested", "bank_transfer"): "utter_refund_transfer_requested",
    ("sent", "card"): "utter_refund_sent_to_card",
    ("sent", "bank_transfer"): "utter_refund_transfer_sent",
    ("failed", "card"): "utter_refund_failed",
    ("failed", "bank_transfer"): "utter_refund_failed",
}
