"""Is the customer asking the same thing again, and what helps more than the same answer?

The answer is given afresh, for the facts may have changed. Only when it comes out as before, the
second time in a row it is introduced as such, with simpler words or a person on offer; from the
third time a person is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.actions.job import Job, Saying
from bot.actions.repair import LEAD_IN, offer_a_person, offer_simpler_words
from bot.nlu.requests import is_request

# A person is offered anyway, and nothing could have come out differently.
_NOTHING_WAS_LOOKED_UP = frozenset({"utter_offer_person"})


async def notice(job: Job, intent: str | None, asked: Mapping[str, str]) -> None:
    """To be called when the message is answered; `intent` and `asked` (its entities) are what it
    was understood as."""
    proof_is_awaited = "resume" in job.memory
    if not is_request(intent) or job.handed_over or proof_is_awaited or not job.said:
        return
    if any(each.response in _NOTHING_WAS_LOOKED_UP for each in job.said):
        return
    said = [_plain(each) for each in job.said]
    answer = {"intent": intent, "entities": asked, "said": said}
    if answer != job.memory.get("answered"):
        job.remember(answered=answer, same={"times": 1, "at": job.message.position})
    elif (times := await job.in_a_row("same")) > 1:
        _help(job, times)


def _help(job: Job, times: int) -> None:
    job.said.insert(0, Saying(LEAD_IN))
    if times == 2:
        offer_simpler_words(job)
    else:
        offer_a_person(job)


def _plain(said: Saying) -> list[Any]:
    return [said.response, said.values, said.text]
