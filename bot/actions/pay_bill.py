"""The customer wants to pay now."""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions.accounts import settled
from bot.actions.check_balance import say_due
from bot.actions.job import Job


async def pay_bill(job: Job) -> None:
    """How to pay is public; the amount is said only to somebody who proved whose it is."""
    if (await job.who()).level is Level.VERIFIED:
        if not await settled(job):
            return
        customer = await job.customer()
        balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
        say_due(job, balance)
        if not balance.due:
            return
    job.say("utter_payment_methods")
