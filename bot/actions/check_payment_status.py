"""Did the payment arrive?"""

from __future__ import annotations

from billing_backend.clock import business_date
from billing_backend.contract import CustomerFacts
from bot import wording
from bot.actions import pending
from bot.actions.check_balance import asks_for_older_bill
from bot.actions.job import Job
from bot.actions.payment_link import give_link
from bot.actions.proof import verified
from bot.actions.view_bill import tell_bill


@verified
async def check_payment_status(job: Job) -> None:
    """By the newest bill: paid in full, in part, or not yet; and what became of paying by link.
    An older bill that is named is told as it stands."""
    customer = await job.customer()
    if await asks_for_older_bill(job):
        await tell_bill(job)
        return
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
    if await _known_of_the_link(job, customer):
        return
    job.say("utter_payment_not_arrived", month=month, amount=newest.outstanding)
    pending.ask(job, "review_account", intent="report_missing_payment")


async def _known_of_the_link(job: Job, customer: CustomerFacts) -> bool:
    """Whether the link itself answers the question: on its way, or the card was declined."""
    progress = await job.billing.payment_progress(job.session, customer.account_id, now=job.now)
    if progress.processing is not None:
        job.say("utter_payment_processing", amount=progress.processing)
        return True
    if progress.failed_at is not None:
        job.say("utter_payment_failed", date=business_date(progress.failed_at, job.services.zone))
        await give_link(job)
        return True
    if progress.open_link is not None:
        job.say(
            "utter_link_still_open",
            amount=progress.open_link.amount,
            link=progress.open_link.url,
        )
    return False
