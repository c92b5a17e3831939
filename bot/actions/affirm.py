"""What does a "yes" mean now?"""

from __future__ import annotations

from bot import told
from bot.actions import hearing, pending
from bot.actions.asking import ask_again
from bot.actions.job import Job

# A question is open while its answer is waited for, or the proof that the answer needs.
_OPEN = ("confirm", "code", "pin", "customer_number")


async def affirm(job: Job) -> None:
    """Does what was asked about; a "yes" to a notice of a debt pays it, a "yes" to nothing gets a
    friendly question."""
    question = pending.asked(job) if job.conversation.expects in _OPEN else None
    if question is None:
        await _yes_to_nothing(job)
    elif question["what"] == hearing.HEARD:
        await hearing.go_on(job)
    elif question["what"] == "person":
        pending.settle(job)
        about = {each: question[each] for each in ("topic", "product") if question.get(each)}
        await job.hand_over("asked", **about)
    elif question["what"] == "explain_rest":
        pending.settle(job)
        job.entities = dict(question["entities"])
        await job.go_on_with("action_explain_rest")
    elif question["what"] == "review_account":
        pending.settle(job)
        job.intent = question["intent"]
        await job.go_on_with("action_review_account")
    else:
        # Money: the action settles the question itself, once the proof is fresh enough.
        await job.go_on_with(f"action_{question['what']}")


async def _yes_to_nothing(job: Job) -> None:
    last = told.of(job.conversation, now=job.now)
    if job.conversation.expects is None and last is not None and last.asks_for_money:
        job.entities = {"invoice_number": last.invoice} if last.invoice else {}
        await job.go_on_with("action_pay_by_link")
    elif job.conversation.expects is None:
        job.say("utter_nothing_to_confirm")
    else:
        ask_again(job)
