"""The customer wants to be called or written to rather than wait."""

from __future__ import annotations

from bot.actions.job import Job


async def request_callback(job: Job) -> None:
    """The announcement of the queue offers the call back; the agent sees that it was wanted."""
    await job.hand_over("asked", callback=True)
