"""The service does not work: is it suspended for a debt, or cancelled, and what brings it back?"""

from __future__ import annotations

from billing_backend.contract import CancellationUndone, ServiceState, UndoRefused
from bot.actions import pending
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified, verified


@verified
async def restore_service(job: Job) -> None:
    """A debt that was paid a moment ago restores it now; else what must be paid. A cancellation
    is undone after a "yes"."""
    customer = await job.customer()
    restored = await job.billing.restore_if_paid(job.session, customer.account_id, now=job.now)
    if restored is not None:
        job.say("utter_service_restored")
        if restored.fee is not None:
            job.say("utter_service_restored_fee", fee=restored.fee)
        return
    state = await job.billing.service_state(job.session, customer.account_id, today=job.today)
    if state.state == "suspended":
        _say_suspended(job, state)
    else:
        await _not_for_a_debt(job, state)


@freshly_verified
async def undo_cancellation(job: Job) -> None:
    """Reached by a "yes" only."""
    question = pending.asked(job)
    if question is None or question["what"] != "undo_cancellation":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.undo_cancellation(
        job.session,
        customer.account_id,
        authority=ASSISTANT,
        key=job.key("undo_cancellation"),
        now=job.now,
    )
    if isinstance(outcome, CancellationUndone):
        job.forget("leaving")
        job.say("utter_cancellation_undone")
    else:
        _say_not_undone(job, outcome)


def say_consequences(job: Job, state: ServiceState) -> None:
    """Beside an amount that is late: the service is suspended, or will be on an announced day."""
    if state.state == "suspended" and state.since is not None:
        job.say("utter_balance_suspended", date=state.since)
    elif state.suspends_on is not None:
        job.say("utter_suspension_announced", amount=state.to_pay, date=state.suspends_on)


def _say_suspended(job: Job, state: ServiceState) -> None:
    job.say("utter_service_suspended", since=state.since, amount=state.to_pay)
    if state.reconnection_fee is not None:
        job.say("utter_reconnection_fee_applies", fee=state.reconnection_fee)
    job.say("utter_service_how_back")


async def _not_for_a_debt(job: Job, state: ServiceState) -> None:
    """Cancelled, or nothing that billing has done: then a person finds out what it is."""
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    last_day = services.cancelled_on
    if last_day is None:
        say_consequences(job, state)
        job.say("utter_service_not_suspended")
        pending.ask(job, "person", topic="restore_service")
    elif last_day >= job.today:
        job.say("utter_service_cancelled_already", date=last_day)
        pending.ask(job, "undo_cancellation")
        job.say("utter_undo_question")
    else:
        _say_not_undone(job, UndoRefused("ended", day=last_day))


def _say_not_undone(job: Job, refused: UndoRefused) -> None:
    if refused.reason == "ended":
        job.say("utter_restore_ended", date=refused.day)
    else:
        job.say("utter_nothing_to_undo")
    pending.ask(job, "person", topic="restore_service")
    job.say("utter_service_person")
