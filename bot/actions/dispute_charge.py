"""The customer says that a charge is wrong or comes twice: is it, and what if we find nothing?

First the account review: a proven error is corrected at once. What is not proven may be disputed
(open_dispute.py), and is not asked for until somebody has answered.
"""

from __future__ import annotations

from billing_backend.contract import InvoiceFacts
from bot.actions import pending
from bot.actions.dispute_lines import charge_in
from bot.actions.dispute_status import say_state
from bot.actions.explain_bill import asked_month
from bot.actions.job import Job
from bot.actions.proof import freshly_verified
from bot.actions.review_account import correct

UNANSWERED = ("open", "under_review")


@freshly_verified
async def dispute_charge(job: Job) -> None:
    customer = await job.customer()
    findings = await job.billing.review(job.session, customer.account_id, today=job.today)
    if findings:
        await correct(job, findings)
        return
    for dispute in await job.billing.disputes(job.session, customer.account_id):
        if dispute.state in UNANSWERED:
            say_state(job, dispute)
    invoice = await _invoice(job)
    if invoice is None:
        job.say("utter_review_clean")
        pending.ask(job, "person", topic=job.intent)
        return
    twice = job.intent == "report_duplicate_charge"
    job.say("utter_dispute_offered_twice" if twice else "utter_dispute_offered")
    named = charge_in(invoice, job.words)
    pending.ask(
        job,
        "open_dispute",
        invoice=invoice.number,
        charge=named.key if named else None,
        intent=job.intent,
    )


async def _invoice(job: Job) -> InvoiceFacts | None:
    """The bill that is meant: by its number, by its month, else the newest."""
    customer = await job.customer()
    bills = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    number, month = job.entities.get("invoice_number"), asked_month(job)
    for bill in bills:
        if bill.number == number or (month and bill.issued_on.replace(day=1) == month):
            return bill
    return bills[0] if bills else None
