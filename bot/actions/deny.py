"""What does a "no" mean now?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.asking import ask_again
from bot.actions.change_of_mind import changed_mind, just_agreed
from bot.actions.job import Job
from bot.actions.open_dispute import LINE, REASON, drop
from bot.actions.request_payment_plan import PARTS

# Questions that a "no" does not answer: the customer has no code, or will not give the number.
_PROOF = ("code", "pin", "customer_number")


async def deny(job: Job) -> None:
    """Drops what was asked about, gives a reserved discount back, and stays helpful."""
    question = pending.asked(job)
    if job.conversation.expects == "leaving_reason":
        job.expect(None)
        job.entities = {"leaving": "other"}  # it was asked once; that will do
        await job.go_on_with("action_cancel_service")
    elif question is not None and question.get("leaving"):
        await pending.withdraw_offer(job)
        pending.settle(job)
        await job.go_on_with("action_cancel_service")
    elif question is not None:
        await pending.withdraw_offer(job)
        pending.settle(job)
        job.forget("leaving")
        job.say(_ANSWERS.get(question["what"], "utter_as_you_wish"))
    elif job.conversation.expects == "extension_date":
        job.expect(None)
        job.say("utter_extension_not_arranged")
    elif job.conversation.expects in (LINE, REASON):
        drop(job)
    elif job.conversation.expects == PARTS:
        job.expect(None)
        job.say("utter_extension_not_arranged")
    elif job.conversation.expects in _PROOF:
        ask_again(job)
    # Straight after a yes it takes that back; later on it may answer anything.
    elif not (await just_agreed(job) and await changed_mind(job)):
        job.say("utter_as_you_wish")


_ANSWERS = {
    "accept_offer": "utter_offer_refused",
    "heard": "utter_say_it_again",
    "send_summary": "utter_goodbye",
    "arrange_extension": "utter_extension_not_arranged",
    "refund_credit": "utter_refund_not_wanted",
    "arrange_instalments": "utter_extension_not_arranged",
    "file_dispute": "utter_dispute_not_opened",
    "open_dispute": "utter_dispute_not_opened",
    "withdraw_dispute": "utter_dispute_stays",
    "change_services": "utter_nothing_changed",
    "undo_cancellation": "utter_nothing_changed",
    "cancel_change": "utter_nothing_changed",
}
