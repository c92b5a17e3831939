"""The caller said nothing, or pressed keys that answer nothing."""

from __future__ import annotations

from bot.actions.asking import ask_in_short, offer_keys
from bot.actions.job import Job

# The second time in a row the caller hears what can be done by keys; after so many the assistant
# is of no use to them.
_KEYS, _ENOUGH = 2, 3


async def silence(job: Job) -> None:
    """Asks again in short, then by keys alone; then brings in a person."""
    times = await job.in_a_row("silence")
    if times >= _ENOUGH:
        await job.hand_over("misunderstood", silent=True)
        return
    job.say("utter_wrong_keys" if job.message.kind == "keys" else "utter_nothing_heard")
    if times == _KEYS:
        await offer_keys(job)
    else:
        await ask_in_short(job)
