"""The caller said nothing, or pressed keys that answer nothing."""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.job import Job

# A line on which nobody speaks is not kept open for ever.
_ENOUGH = 3


async def silence(job: Job) -> None:
    """Asks again, twice; then says goodbye and hangs up."""
    if await job.in_a_row("silence") >= _ENOUGH:
        job.say("utter_silence_goodbye")
        return
    job.say("utter_wrong_keys" if job.message.kind == "keys" else "utter_nothing_heard")
    ask_again(job)
