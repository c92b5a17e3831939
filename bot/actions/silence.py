"""The caller said nothing, or pressed keys that answer nothing."""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.job import Job

# After so many in a row the assistant is of no use to this caller.
_ENOUGH = 3


async def silence(job: Job) -> None:
    """Asks again, twice; then brings in a person."""
    if await job.in_a_row("silence") >= _ENOUGH:
        await job.hand_over("misunderstood", silent=True)
        return
    job.say("utter_wrong_keys" if job.message.kind == "keys" else "utter_nothing_heard")
    ask_again(job)
