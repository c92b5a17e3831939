"""What would a "yes" confirm now, and what becomes of the question when something else is asked?

conversation.dialogue["confirm"] = {"what": ..., "asked_by": message, and what it needs}.
A question about money comes back after an interruption; an offer of help lapses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.actions.choices import EXPECTS
from bot.actions.job import Job, JobFunction

# Questions that come back, each with the response that asks again.
_COMES_BACK = {
    "accept_offer": "utter_remind_offer",
    "arrange_extension": "utter_remind_extension",
    "refund_credit": "utter_remind_refund",
    "arrange_instalments": "utter_remind_instalments",
    "file_dispute": "utter_remind_dispute",
    "withdraw_dispute": "utter_remind_withdraw",
    "change_services": "utter_remind_change",
    "undo_cancellation": "utter_undo_question",
    "cancel_change": "utter_call_off_question",
}
# Offers of help, which lapse when something else is wanted, each with the response that asks again.
_HELP = {
    "explain_rest": "utter_remind_rest",
    "open_dispute": "utter_remind_dispute",
    "pay_by_link": "utter_remind_link",
    "person": "utter_remind_person",
    "review_account": "utter_remind_review",
}
_REMINDERS = _COMES_BACK | _HELP
# Actions that answer the question, or are part of asking it.
_ABOUT_THE_QUESTION = frozenset(
    {
        "action_affirm",
        "action_deny",
        "action_inform",
        "action_never_mind",
        "action_repeat",
        "action_small_words",
        "action_silence",
        "action_misunderstood",
        "action_change_language",
        "action_check_code",
        "action_check_pin",
        "action_send_code",
        "action_take_customer_number",
    }
)

# The same for a choice. Who is asked why they leave may answer by asking for a lower price.
_MAY_ANSWER_A_CHOICE = _ABOUT_THE_QUESTION | {
    "action_choose",
    "action_cancel_service",
    "action_propose_discount",
}


def ask(job: Job, what: str, **needs: Any) -> None:
    """Wait for a yes or no; the caller says the question."""
    # The message is kept so that asking the same again is told from not having answered.
    job.remember(confirm={"what": what, "asked_by": str(job.message.id), **needs})
    job.expect("confirm")


def asked(job: Job) -> dict[str, Any] | None:
    """What waits for a yes or no."""
    question: dict[str, Any] | None = job.memory.get("confirm")
    return question


def comes_back(question: Mapping[str, Any] | None) -> bool:
    """Whether it is about money or services; an offer of help lapses."""
    return question is not None and question["what"] in _COMES_BACK


def settle(job: Job) -> None:
    """The question is answered or dropped."""
    job.forget("confirm")
    if job.conversation.expects == "confirm":
        job.expect(None)


def interrupts(action: str) -> bool:
    """Whether an action is about something else than the open question."""
    return action not in _ABOUT_THE_QUESTION


async def around(job: Job, do: JobFunction) -> None:
    """Run an action; a question that it interrupted lapses before it or comes back after it."""
    question = asked(job)
    interrupted = question is not None and job.action not in _ABOUT_THE_QUESTION
    if job.conversation.expects in EXPECTS and job.action not in _MAY_ANSWER_A_CHOICE:
        job.expect(None)  # something else is wanted than what could be chosen
    if interrupted and not comes_back(question):
        settle(job)
    await do(job)
    still_open = question is not None and asked(job) == question and not job.handed_over
    if interrupted and still_open and job.conversation.expects == "confirm":
        remind(job)


def remind(job: Job) -> None:
    """Ask the open question again, shortly."""
    question = asked(job)
    if question is None or question["what"] not in _REMINDERS:
        job.say("utter_yes_or_no")
    else:
        job.say(_REMINDERS[question["what"]])


def merely_offers_help(question: Mapping[str, Any] | None) -> bool:
    """Whether a "no" to it leaves nothing undone that was wanted."""
    return question is not None and question["what"] in _HELP


async def withdraw_offer(job: Job) -> None:
    """Give a reserved discount back to the budget when its question is dropped."""
    question = asked(job)
    if question is None or question["what"] != "accept_offer":
        return
    if (await job.who()).customer_id is None:
        return  # nobody's any more; the offer expires by itself
    customer = await job.customer()
    await job.billing.refuse_offer(
        job.session,
        customer.account_id,
        UUID(question["offer_id"]),
        key=job.key("refuse_offer"),
        now=job.now,
    )
