"""The customer confirms the dispute: is it open, under which number, and until when answered?"""

from __future__ import annotations

from uuid import UUID

from billing_backend.contract import DisputeOpened, DisputeRefused
from bot.actions import pending
from bot.actions.change_of_mind import agreed_to
from bot.actions.dispute_status import say_state
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified


@freshly_verified
async def file_dispute(job: Job) -> None:
    """Reached by a "yes" only; what is disputed is what was asked about."""
    question = pending.asked(job)
    if question is None or question["what"] != "file_dispute":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.open_dispute(
        job.session,
        customer.account_id,
        question["invoice"],
        line_ids=[UUID(line) for line in question["lines"]],
        reason=question["reason"],
        words=question["words"],
        authority=ASSISTANT,
        key=job.key("open_dispute"),
        now=job.now,
    )
    if isinstance(outcome, DisputeRefused):
        _say_refused(job, outcome)
        return
    agreed_to(job, "dispute", number=outcome.dispute.number)
    _say_opened(job, outcome)


def _say_opened(job: Job, opened: DisputeOpened) -> None:
    dispute = opened.dispute
    job.say(
        "utter_dispute_opened_paid" if opened.paid else "utter_dispute_opened",
        number=dispute.number,
        amount=dispute.amount,
        date=dispute.answer_by,
    )


def _say_refused(job: Job, refused: DisputeRefused) -> None:
    if refused.existing is not None:
        job.say("utter_dispute_already")
        say_state(job, refused.existing)
        if refused.existing.answered_on is None:
            return
    else:
        job.say(_REFUSALS.get(refused.reason, "utter_dispute_nothing_left"))
    job.say("utter_extension_person")
    pending.ask(job, "person", topic="dispute_charge")


_REFUSALS = {
    "too_old": "utter_dispute_too_old",
    "nothing_left": "utter_dispute_nothing_left",
}
