"""How far is what the customer disputed, and can it be withdrawn?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import DisputeSummary
from bot.actions import pending
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified

_TOLD = 3  # of the newest


def say_states(job: Job, disputes: Sequence[DisputeSummary]) -> None:
    """Of the newest; the only one that waits for its answer may be withdrawn."""
    for dispute in disputes[:_TOLD]:
        say_state(job, dispute)
    running = [dispute for dispute in disputes if dispute.answered_on is None]
    if len(running) == 1 and not job.by_voice:
        job.say("utter_dispute_may_withdraw", number=running[0].number)


def say_state(job: Job, dispute: DisputeSummary) -> None:
    job.say(
        _STATES[dispute.state],
        number=dispute.number,
        amount=dispute.amount,
        date=dispute.answer_by,
        credited=dispute.credited,
        answer=dispute.answer,
    )


async def say_why(job: Job, number: str) -> bool:
    """How it was answered and why; False when the account has no such dispute."""
    customer = await job.customer()
    found = [
        dispute
        for dispute in await job.billing.disputes(job.session, customer.account_id)
        if dispute.number == number
    ]
    for dispute in found:
        say_state(job, dispute)
        if dispute.state == "rejected":
            job.say("utter_dispute_disagree")
    return bool(found)


async def ask_to_withdraw(job: Job, number: str) -> None:
    """A button was pressed: nothing is withdrawn before a "yes"."""
    job.say("utter_confirm_withdraw", number=number)
    pending.ask(job, "withdraw_dispute", number=number)


@freshly_verified
async def withdraw_dispute(job: Job) -> None:
    """Reached by a "yes" only."""
    question = pending.asked(job)
    if question is None or question["what"] != "withdraw_dispute":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.withdraw_dispute(
        job.session,
        customer.account_id,
        question["number"],
        authority=ASSISTANT,
        key=job.key("withdraw_dispute"),
        now=job.now,
    )
    say_state(job, outcome if isinstance(outcome, DisputeSummary) else _existing(outcome.existing))


def _existing(summary: DisputeSummary | None) -> DisputeSummary:
    assert summary is not None, "a dispute that is not open any more is named in the refusal"
    return summary


_STATES = {
    "open": "utter_dispute_state_open",
    "under_review": "utter_dispute_state_under_review",
    "upheld": "utter_dispute_state_upheld",
    "rejected": "utter_dispute_state_rejected",
    "withdrawn": "utter_dispute_state_withdrawn",
}
