"""The customer agrees to pay later: is it arranged?"""

from __future__ import annotations

from datetime import date

from billing_backend.contract import ArrangementSummary
from bot.actions import pending
from bot.actions.change_of_mind import agreed_to
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified
from bot.actions.request_extension import say_refused


@freshly_verified
async def arrange_extension(job: Job) -> None:
    """Reached by a "yes" only; the day is the one that was asked about."""
    question = pending.asked(job)
    if question is None or question["what"] != "arrange_extension":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.arrange_extension(
        job.session,
        customer.account_id,
        date.fromisoformat(question["pay_by"]),
        authority=ASSISTANT,
        key=job.key("arrange_extension"),
        now=job.now,
    )
    if isinstance(outcome, ArrangementSummary):
        agreed_to(job, "arrangement")
        job.say("utter_extension_arranged", amount=outcome.amount, date=outcome.pay_by)
    elif outcome.reason in ("date_too_late", "date_in_past", "before_due_date"):
        job.say("utter_extension_day_gone")
    else:
        say_refused(job, outcome)
