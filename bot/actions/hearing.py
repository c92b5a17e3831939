"""Was a request heard well enough to act upon it, or is it read back to the caller first?

A clear yes or no is never asked about again, nor is anything that only leads the talk: a person,
say it again, drop it. What a caller is in the middle of answering is simply asked again.
"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.asking import ask_again
from bot.actions.job import Job, JobFunction

HEARD = "heard"
# What may be misheard without harm, or is answered with a question anyway.
_HARMLESS = frozenset(
    {
        "affirm",
        "ask_capabilities",
        "bot_challenge",
        "change_language",
        "deny",
        "greet",
        "inform",
        "never_mind",
        "nlu_fallback",
        "out_of_scope",
        "repeat",
        "silence",
        "talk_to_human",
        "thank",
    }
)
_YES_NO = frozenset({"affirm", "deny"})
_CLEAR = 3  # words: "da, vă rog"


async def around(job: Job, do: JobFunction) -> None:
    """Run the action, or ask whether it is what the caller said."""
    if not job.services.hearing.is_doubtful(job.message):
        await do(job)
    elif job.conversation.expects == "confirm" and _unclear(job):
        job.say("utter_not_understood_short")
        ask_again(job)
    elif _starts_a_request(job):
        job.say("utter_did_you_say", words=job.text)
        pending.ask(job, HEARD, **job.request())
    else:
        await do(job)


async def go_on(job: Job) -> None:
    """The caller did say that: it is answered as if it had been heard well."""
    question = pending.asked(job)
    assert question is not None
    pending.settle(job)
    await job.take_up(question)


def _unclear(job: Job) -> bool:
    """Something else than a short yes or no, while that is what is waited for."""
    if job.intent in _YES_NO:
        return len(job.text.split()) > _CLEAR
    return job.intent not in _HARMLESS


def _starts_a_request(job: Job) -> bool:
    """Not in the middle of a question, whose answer would be lost."""
    asked = job.conversation.expects not in (None, "language")
    return not asked and job.intent is not None and job.intent not in _HARMLESS
