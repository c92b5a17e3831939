"""What else was asked in the same message, and is it its turn?

The second request is kept until the first is settled: answered, or after its proof and its yes or
no. What makes two requests is found out where messages are understood (bot/nlu/two_requests.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.actions.choices import CHOICE
from bot.actions.job import Job, Saying
from bot.actions.mapping import answers
from bot.nlu.two_requests import ALSO

# What may be waited for although the first request is answered: a number that the welcome
# invited, a choice that is only offered.
_SETTLED = (None, "customer_number", CHOICE)


def begin(job: Job, understood: Mapping[str, Any]) -> None:
    """Keep the second request of this message; one that is asked for by itself waits no longer."""
    second = understood.get(ALSO)
    waiting = job.memory.get(ALSO)
    if second is not None:
        job.words = second["before"]
        job.remember(**{ALSO: _kept(job, second)})
    elif waiting is not None and waiting["intent"] == job.intent:
        job.forget(ALSO)


async def go_on(job: Job, *, announce: bool) -> None:
    """Answer the second request; if it is not its turn, say so when it is announced."""
    second = job.memory.get(ALSO)
    if second is None or job.handed_over:
        return
    if job.conversation.expects in _SETTLED and "resume" not in job.memory:
        job.forget(ALSO)
        await job.take_up(second)
    elif announce and second["message"] == str(job.message.id):
        titles = {
            "first": job.phrase(f"utter_meaning_{second['after']}"),
            "second": job.phrase(f"utter_meaning_{second['intent']}"),
        }
        job.said.insert(0, Saying("utter_one_by_one", titles))


def _kept(job: Job, second: Mapping[str, Any]) -> dict[str, Any]:
    entities: dict[str, str] = {}
    for each in second["entities"]:
        entities.setdefault(each["entity"], str(each["value"]))
    return {
        "action": answers()[second["intent"]],
        "intent": second["intent"],
        "entities": entities,
        "words": second["words"],
        "after": job.intent,
        "message": str(job.message.id),
    }
