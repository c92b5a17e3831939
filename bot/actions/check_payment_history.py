"""Which payments were made?"""

from __future__ import annotations

from billing_backend.contract import PaymentFacts
from bot import wording
from bot.actions.job import Job
from bot.actions.proof import verified

_SHOWN, _ALOUD = 6, 3  # a listener keeps no more in mind


@verified
async def check_payment_history(job: Job) -> None:
    """The last payments: day, amount, how, and what went back."""
    customer = await job.customer()
    payments = await job.billing.payments(
        job.session, customer.account_id, limit=_ALOUD if job.by_voice else _SHOWN
    )
    if not payments:
        job.say("utter_no_payments")
        return
    job.say("utter_payments")
    for payment in payments:
        _say(job, payment)


def _say(job: Job, payment: PaymentFacts) -> None:
    day = wording.dated(payment.received_on, job.language, job.channel)
    if payment.reversed:
        job.say("utter_payment_reversed", date=day, amount=payment.amount)
        return
    job.say(_HOW.get(payment.method, "utter_paid"), date=day, amount=payment.amount)
    if payment.refunded:
        job.say("utter_payment_refunded", amount=payment.refunded)


_HOW = {
    "card": "utter_paid_by_card",
    "bank_transfer": "utter_paid_by_bank_transfer",
    "cash": "utter_paid_in_cash",
}
