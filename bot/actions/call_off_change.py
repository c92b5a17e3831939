"""The customer wants to keep things as they are: is the scheduled change called off?"""

from __future__ import annotations

from uuid import UUID

from billing_backend.contract import ScheduledChange
from bot.actions import pending
from bot.actions.choices import offer
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified
from bot.actions.service_words import say_refused, say_scheduled


@freshly_verified
async def call_off_change(job: Job) -> None:
    """Which change, and a question; the end of the service has a question of its own."""
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    wanted = job.entities.get("call_off")
    found = [each for each in services.scheduled if wanted in (None, str(each.change_id))]
    if not found:
        job.say("utter_nothing_scheduled")
    elif len(found) > 1:
        for each in found:
            say_scheduled(job, each)
        options = [(_title(job, each), f"call_off:{each.change_id}") for each in found]
        offer(job, "utter_which_change", options)
    elif found[0].kind == "cancel":
        await job.go_on_with("action_restore_service")
    else:
        say_scheduled(job, found[0])
        pending.ask(job, "cancel_change", change_id=str(found[0].change_id))
        job.say("utter_call_off_question")


@freshly_verified
async def cancel_change(job: Job) -> None:
    """Reached by a "yes" only."""
    question = pending.asked(job)
    if question is None or question["what"] != "cancel_change":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.cancel_change(
        job.session,
        customer.account_id,
        UUID(question["change_id"]),
        authority=ASSISTANT,
        key=job.key("cancel_change"),
        now=job.now,
    )
    if isinstance(outcome, ScheduledChange):
        job.say("utter_called_off")
    elif outcome.existing is not None:
        say_refused(job, outcome)
    else:
        job.say("utter_too_late_to_call_off")


def _title(job: Job, change: ScheduledChange) -> str:
    return job.in_language(change.new or change.old)
