"""What has the bot asked, and how does it ask again?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job


def question_of(expects: str) -> str | None:
    """The response that asks an open question again."""
    return _QUESTIONS.get(expects)


def ask_again(job: Job) -> None:
    """Repeat the open question in a few words; the form repeats its own."""
    expects = job.conversation.expects
    if expects == "confirm":
        pending.remind(job)
    elif expects is None:
        job.say("utter_how_can_i_help")
    elif expects in _QUESTIONS:
        job.say(_QUESTIONS[expects])


_QUESTIONS = {
    "code": "utter_code_awaited",
    "pin": "utter_ask_pin",
    "customer_number": "utter_ask_customer_number",
    "language": "utter_ask_language",
    "dispute_line": "utter_dispute_line_awaited",
    "dispute_reason": "utter_ask_dispute_reason",
    "instalments": "utter_instalments_awaited",
    "choice": "utter_choose_one",
    "leaving_reason": "utter_why_leave",
}
