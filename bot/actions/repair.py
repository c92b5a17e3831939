"""What is offered beside the open question when the conversation goes in circles?

By a button or a word rather than by a question: what is open stays what a "yes" answers.
"""

from __future__ import annotations

from bot.actions.job import Job

LEAD_IN = "utter_as_i_said"
_PERSON, _SIMPLER = "utter_person_if_wanted", "utter_simpler_if_wanted"
# What was not caught, which is not said again to somebody who has been heard by now.
NOT_CAUGHT = frozenset({"utter_not_understood_short", "utter_nothing_heard", "utter_wrong_keys"})
# Said once in a conversation, to who has just proved who they are.
THANKS_FOR_PROOF = "utter_verified_go_on"
# Said around an answer, and no part of it.
AROUND_AN_ANSWER = frozenset({LEAD_IN, _PERSON, _SIMPLER})


def offer_a_person(job: Job) -> None:
    job.say(_PERSON)


def offer_simpler_words(job: Job) -> None:
    """Or a person."""
    job.say(_SIMPLER)
