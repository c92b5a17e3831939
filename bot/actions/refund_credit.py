"""The customer wants the account's credit back: is it on its way?"""

from __future__ import annotations

from billing_backend.contract import AboveLimit, RefundRefused, RefundsRequested
from billing_backend.money import Money
from bot.actions import pending
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified


@freshly_verified
async def refund_credit(job: Job) -> None:
    """Reached by a "yes" only; the amount is the one that was asked about."""
    question = pending.asked(job)
    if question is None or question["what"] != "refund_credit":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    amount = Money(question["minor"], question["currency"])
    outcome = await job.billing.refund_credit(
        job.session,
        customer.account_id,
        amount,
        reason="requested",
        authority=ASSISTANT,
        key=job.key("refund_credit"),
        now=job.now,
    )
    match outcome:
        case RefundsRequested():
            for refund in outcome.refunds:
                job.say(_REQUESTED[refund.method], amount=refund.amount)
        case RefundRefused():
            job.say("utter_refund_nothing_left")
        case AboveLimit():
            job.say("utter_refund_above_limit", amount=outcome.amount)
            await job.hand_over("refund_above_limit", minor=amount.minor, needs=outcome.needs)


_REQUESTED = {
    "card": "utter_refund_to_card",
    "bank_transfer": "utter_refund_by_bank_transfer",
}
