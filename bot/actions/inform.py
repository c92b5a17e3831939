"""An answer that is only a month or a date: to which question?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions.job import Job
from bot.actions.which_bill import NAMES_A_BILL, another_bill, names_another_bill


async def inform(job: Job) -> None:
    """A month after a bill was shown or explained means that month's bill in the same way; a bill
    named out of the blue is shown to whom it may be shown."""
    if names_another_bill(job):
        await another_bill(job)
    elif await _names_a_bill_to_see(job):
        await job.go_on_with("action_view_bill")
    else:
        await job.go_on_with("action_misunderstood")


async def _names_a_bill_to_see(job: Job) -> bool:
    named = job.conversation.expects is None and not NAMES_A_BILL.isdisjoint(job.entities)
    return named and (await job.who()).level is Level.VERIFIED
