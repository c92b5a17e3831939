"""The customer only insults: what keeps the conversation going?"""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.job import Job
from bot.actions.repair import offer_a_person
from bot.insult import is_insult

# The first time it is let pass; after so many in a row a person may do better.
_ENOUGH = 2


def merely_insults(job: Job) -> bool:
    """An insult alone; with a request in it, the request is answered."""
    return job.in_words and is_insult(job.text)


async def insulted(job: Job) -> None:
    """A calm sentence and no lecture; what was asked stays asked."""
    times = await job.in_a_row("insulted")
    job.say("utter_insulted")
    if times >= _ENOUGH:
        offer_a_person(job)
    ask_again(job)
