"""What has the bot asked, and how does it ask again?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.choices import EXPECTS
from bot.actions.job import Job
from handoff.conversations import buttons, outbox


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


async def ask_in_short(job: Job) -> None:
    """The same for a caller who heard it a moment ago. A choice is asked with all its keys."""
    expects = job.conversation.expects
    if job.by_voice and expects in _WITH_CHOICES and await say_choices_again(job):
        return
    if job.by_voice and expects in _SHORT:
        job.say(_SHORT[expects])
    else:
        ask_again(job)


async def offer_keys(job: Job) -> None:
    """All that keys can do here: answer the open question, hear it again, or call a person."""
    expects = job.conversation.expects
    if not job.by_voice or expects == _FORM:
        ask_again(job)
    elif expects in _BY_KEYS:
        job.say(_BY_KEYS[expects])
    elif expects == "confirm":
        job.say("utter_keys_for_confirm")
    elif expects not in _WITH_CHOICES or not await say_choices_again(job):
        job.say("utter_keys_for_all")


async def say_choices_again(job: Job) -> bool:
    """The newest words that came with choices, once more; False when there were none."""
    shown = await outbox.last_choices(job.session, job.conversation.id)
    if shown is None or not shown.text:
        return False
    job.say_again(shown.text, tuple(await buttons.of_message(job.session, shown.id)))
    return True


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
_WITH_CHOICES = (*EXPECTS, "dispute_line", "dispute_reason")
# Its question is asked again, with its keys, by the form itself.
_FORM = "extension_date"
_SHORT = {
    None: "utter_short_how_can_i_help",
    "code": "utter_short_code",
    "pin": "utter_short_pin",
    "customer_number": "utter_short_customer_number",
}
_BY_KEYS = {
    "code": "utter_keys_for_code",
    "pin": "utter_keys_for_pin",
    "customer_number": "utter_keys_for_customer_number",
    "language": "utter_ask_language",
    "instalments": "utter_instalments_awaited",
}
