"""An answer that is only a month or a date: to which question?"""

from __future__ import annotations

from bot.actions.job import Job


async def inform(job: Job) -> None:
    """A month after a bill was shown or explained means that month's bill."""
    topic = job.memory.get("topic")
    if topic and ("month" in job.entities or "invoice_number" in job.entities):
        await job.go_on_with(topic)
    else:
        await job.go_on_with("action_misunderstood")
