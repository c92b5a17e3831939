"""The message may mean one of two requests: which one?"""

from __future__ import annotations

from bot.actions.choices import offer
from bot.actions.hints import asks_which_plan_is_cheaper
from bot.actions.job import Job
from bot.actions.mapping import answers
from bot.nlu.requests import is_request

MEANING, _ELSE = "meaning", "else"


async def clarify(job: Job) -> None:
    """Asks, unless both get the same answer. What the message names is kept for the one meant."""
    if asks_which_plan_is_cheaper(job):
        await job.go_on_with("action_compare_plans")  # its answer, whichever of them it is
        return
    if len({answers()[meaning] for meaning in job.meanings}) < 2:
        await _answer_as(job, job.meanings[0] if job.meanings else None)
        return
    job.remember(unclear={"entities": job.entities, "words": job.text if job.in_words else None})
    options = [(_title(job, meaning), f"{MEANING}:{meaning}") for meaning in job.meanings]
    offer(job, "utter_which_meaning", [*options, (_title(job, _ELSE), f"{MEANING}:{_ELSE}")])


async def take_meaning(job: Job, which: str) -> None:
    """One of them was chosen, or something else."""
    kept = job.memory.get("unclear") or {}
    job.forget("unclear")
    job.expect(None)
    if which == _ELSE:
        job.say("utter_say_it_otherwise")
        return
    job.entities = dict(kept.get("entities") or {})
    job.words = kept.get("words")
    await _answer_as(job, which)


async def _answer_as(job: Job, intent: str | None) -> None:
    if intent is None or not is_request(intent) or intent not in answers():
        await job.go_on_with("action_misunderstood")
        return
    job.intent = intent
    await job.go_on_with(answers()[intent])


def _title(job: Job, meaning: str) -> str:
    title = job.phrase(f"utter_meaning_{meaning}")
    return title[:1].upper() + title[1:]
