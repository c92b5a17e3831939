"""Until when must the bill be paid?"""

from __future__ import annotations

from bot.actions.check_balance import asks_for_older_bill, say_due, say_open_matters
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.view_bill import tell_bill


@verified
async def check_due_date(job: Job) -> None:
    customer = await job.customer()
    if await asks_for_older_bill(job):
        await tell_bill(job)
        return
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    say_due(job, balance)
    await say_open_matters(job, balance)
