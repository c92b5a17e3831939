"""An answer that is only a month or a date: to which question?"""

from __future__ import annotations

from bot.actions.job import Job

_NAMES_A_BILL = frozenset({"month", "other_month", "invoice_number"})


async def inform(job: Job) -> None:
    """A month after a bill was shown or explained means that month's bill."""
    topic = job.memory.get("topic")
    if topic and not _NAMES_A_BILL.isdisjoint(job.entities):
        await job.go_on_with(topic)
    else:
        await job.go_on_with("action_misunderstood")
