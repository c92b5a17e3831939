"""The customer wants money back: is some of it ours to give back at once?"""

from __future__ import annotations

from billing_backend.money import Money
from bot.actions import pending
from bot.actions.credited import say_taken_off
from bot.actions.dispute_status import say_states
from bot.actions.job import Job
from bot.actions.proof import freshly_verified
from bot.actions.review_account import correct, say_clean


@freshly_verified
async def request_refund(job: Job) -> None:
    """An error of ours is put right first; what then lies on the account can be sent back."""
    customer = await job.customer()
    findings = await job.billing.review(job.session, customer.account_id, today=job.today)
    if findings:
        await correct(job, findings)
    if job.handed_over:
        return
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    if balance.credit:
        offer_refund(job, balance.credit)
    elif findings or await _is_disputed(job):
        return
    else:
        await say_taken_off(job)
        say_clean(job)


async def _is_disputed(job: Job) -> bool:
    """Says how far the disputes are that nobody has answered yet, if there are any."""
    customer = await job.customer()
    disputes = await job.billing.disputes(job.session, customer.account_id)
    unanswered = [dispute for dispute in disputes if dispute.answered_on is None]
    say_states(job, unanswered)
    return bool(unanswered)


def offer_refund(job: Job, credit: Money) -> None:
    """Shall the account's credit go back instead of paying the next bill?"""
    job.say("utter_offer_refund", amount=credit)
    pending.ask(job, "refund_credit", minor=credit.minor, currency=credit.currency)
