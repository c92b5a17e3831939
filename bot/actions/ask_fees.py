"""What do lateness, leaving early and reconnecting cost?"""

from __future__ import annotations

from bot import wording
from bot.actions.job import Job


async def ask_fees(job: Job) -> None:
    """By the policy of today; public, for they are the same for everybody."""
    fees = await job.billing.fees(today=job.today)
    if fees.late_fee is None:
        job.say("utter_fees_no_late_fee")
    else:
        days = wording.count(fees.late_fee_on_day, "day", job.language, job.channel)
        job.say("utter_fees_late", amount=fees.late_fee, days=days)
    if fees.reconnection_fee is not None:
        job.say("utter_fees_reconnection", amount=fees.reconnection_fee)
    if fees.early_termination_bp:
        percent = wording.percent(fees.early_termination_bp, job.language, job.channel)
        job.say("utter_fees_early_termination", percent=percent)
    job.say("utter_fees_on_your_bill")
