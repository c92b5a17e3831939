"""The customer wants money back: is some of it ours to give back at once?"""

from __future__ import annotations

from billing_backend.money import Money
from bot.actions import pending
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
    elif not findings and not await say_given_back(job):
        say_clean(job)


async def say_given_back(job: Job) -> bool:
    """What was taken off the newest bill already is the answer; False when nothing was."""
    customer = await job.customer()
    explanation = await job.billing.explain(
        job.session, customer.account_id, month=None, against=None, today=job.today
    )
    if explanation is None or not explanation.credits:
        return False
    for credit in explanation.credits:
        job.say("utter_explain_credited", amount=credit.amount, credit_note=credit.number)
    if explanation.current.outstanding:
        job.say("utter_bill_outstanding", amount=explanation.current.outstanding)
    job.say("utter_nothing_more_to_refund")
    pending.ask(job, "person", topic=job.intent)
    return True


def offer_refund(job: Job, credit: Money) -> None:
    """Shall the account's credit go back instead of paying the next bill?"""
    job.say("utter_offer_refund", amount=credit)
    pending.ask(job, "refund_credit", minor=credit.minor, currency=credit.currency)
