"""Did the payment arrive?"""

from __future__ import annotations

from bot import wording
from bot.actions import pending
from bot.actions.job import Job
from bot.actions.proof import verified


@verified
async def check_payment_status(job: Job) -> None:
    """By the newest bill: paid in full, in part, or not yet."""
    customer = await job.customer()
    invoices = await job.billing.invoices(
        job.session, customer.account_id, today=job.today, limit=1
    )
    if not invoices:
        job.say("utter_no_invoice_yet")
        return
    newest = invoices[0]
    month = wording.month(newest.issued_on, job.language, job.channel)
    if not newest.outstanding:
        job.say("utter_payment_arrived", month=month, total=newest.total)
        return
    job.say("utter_payment_not_arrived", month=month, amount=newest.outstanding)
    pending.ask(job, "review_account", intent="report_missing_payment")
