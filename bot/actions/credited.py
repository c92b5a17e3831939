"""What was taken off the newest bill since it was issued?"""

from __future__ import annotations

from bot import wording
from bot.actions.job import Job


async def say_credited(job: Job) -> bool:
    """Each credit note on it, for only a verified customer; False when there is none."""
    customer = await job.customer()
    explained = await job.billing.explain(
        job.session, customer.account_id, month=None, today=job.today
    )
    if explained is None or not explained.credits:
        return False
    month = wording.month(explained.current.issued_on, job.language, job.channel)
    for credit in explained.credits:
        job.say(
            "utter_credited_already",
            amount=credit.amount,
            month=month,
            credit_note=credit.number,
        )
    return True


async def say_taken_off(job: Job) -> bool:
    """The same to who waits for money: it is not sent, there is less to pay."""
    if not await say_credited(job):
        return False
    job.say("utter_credited_not_sent")
    return True
