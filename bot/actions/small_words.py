"""A greeting, thanks, "are you a bot?", "what can you do?": what is said to anybody?

In the middle of a question the answer is short and the question is asked again.
"""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.choices import CHOICE
from bot.actions.job import Job


async def small_words(job: Job) -> None:
    if _in_the_middle(job):
        job.say(_IN_BETWEEN.get(job.intent or "", _ANSWERS[job.intent or "greet"]))
        ask_again(job)
    else:
        job.say(_ANSWERS[job.intent or "greet"])


def _in_the_middle(job: Job) -> bool:
    """A number that the welcome invited, or a choice that was offered, need not be given."""
    expects = job.conversation.expects
    return expects not in (None, CHOICE) and not (
        expects == "customer_number" and "resume" not in job.memory
    )


_ANSWERS = {
    "greet": "utter_greet",
    "thank": "utter_thank",
    "bot_challenge": "utter_bot_challenge",
    "ask_capabilities": "utter_capabilities",
}
_IN_BETWEEN = {"greet": "utter_greet_in_between", "thank": "utter_thank_in_between"}
