"""The customer says that a charge is wrong or comes twice: is it, and what if we find nothing?

First the account review: a proven error is corrected at once. What is not proven may be disputed
(open_dispute.py), and is not asked for until somebody has answered.
"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.credited import say_credited
from bot.actions.dispute_lines import charge_in
from bot.actions.dispute_status import say_state
from bot.actions.job import Job
from bot.actions.open_dispute import say_about
from bot.actions.proof import freshly_verified
from bot.actions.review_account import correct
from bot.actions.which_bill import NAMES_A_BILL, asked_bill

UNANSWERED = ("open", "under_review")


@freshly_verified
async def dispute_charge(job: Job) -> None:
    customer = await job.customer()
    findings = await job.billing.review(job.session, customer.account_id, today=job.today)
    if findings:
        await correct(job, findings)
        return
    await say_credited(job)
    for dispute in await job.billing.disputes(job.session, customer.account_id):
        if dispute.state in UNANSWERED:
            say_state(job, dispute)
    bills = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    # Which one it is about can be put right later, so one that is not found does no harm.
    invoice = asked_bill(job, bills) or next(iter(bills), None)
    if invoice is None:
        job.say("utter_review_clean")
        pending.ask(job, "person", topic=job.intent)
        return
    if invoice != bills[0] or not NAMES_A_BILL.isdisjoint(job.entities):
        say_about(job, invoice)
    twice = job.intent == "report_duplicate_charge"
    job.say("utter_dispute_offered_twice" if twice else "utter_dispute_offered")
    named = charge_in(invoice, job.text)
    pending.ask(
        job,
        "open_dispute",
        invoice=invoice.number,
        charge=named.key if named else None,
        intent=job.intent,
    )
