"""The service was cut off or cancelled: can it go on?"""

from __future__ import annotations

from billing_backend.contract import Restored, RestoreRefused
from bot.actions import pending
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified


@freshly_verified
async def restore_service(job: Job) -> None:
    """A cancellation is undone after a "yes"; what was cut off comes back once it is paid."""
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    if services.cancelled_on is not None and services.cancelled_on >= job.today:
        job.say("utter_service_cancelled_already", date=services.cancelled_on)
        pending.ask(job, "undo_cancellation")
        job.say("utter_undo_question")
    else:
        await _restore(job)


@freshly_verified
async def undo_cancellation(job: Job) -> None:
    """Reached by a "yes" only."""
    question = pending.asked(job)
    if question is None or question["what"] != "undo_cancellation":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    await _restore(job)


async def _restore(job: Job) -> None:
    customer = await job.customer()
    outcome = await job.billing.restore_service(
        job.session,
        customer.account_id,
        authority=ASSISTANT,
        key=job.key("restore_service"),
        now=job.now,
    )
    if isinstance(outcome, Restored):
        job.forget("leaving")
        job.say(_RESTORED[outcome.what])
    else:
        _say_refused(job, outcome)


def _say_refused(job: Job, refused: RestoreRefused) -> None:
    if refused.reason == "debt":
        job.say("utter_restore_debt", amount=refused.amount)
        job.say("utter_payment_methods")
        return
    if refused.reason == "ended":
        job.say("utter_restore_ended", date=refused.day)
    else:
        job.say("utter_nothing_to_restore")
    pending.ask(job, "person", topic="restore_service")
    job.say("utter_service_person")


_RESTORED = {"cancellation": "utter_cancellation_undone", "suspension": "utter_suspension_lifted"}
