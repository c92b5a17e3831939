"""Until when must the bill be paid?"""

from __future__ import annotations

from bot.actions.check_balance import say_due, say_open_matters
from bot.actions.job import Job
from bot.actions.proof import verified


@verified
async def check_due_date(job: Job) -> None:
    customer = await job.customer()
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    say_due(job, balance)
    await say_open_matters(job, balance)
