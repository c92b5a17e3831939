"""The service does not work: is it suspended for a debt, and what brings it back?"""

from __future__ import annotations

from billing_backend.contract import ServiceState
from bot.actions import pending
from bot.actions.job import Job
from bot.actions.proof import verified


@verified
async def restore_service(job: Job) -> None:
    """A debt that was paid a moment ago restores it now; else what must be paid."""
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
    """Billing has not cut it off: whatever it is, a person finds out."""
    say_consequences(job, state)
    job.say("utter_service_not_suspended")
    pending.ask(job, "person", topic="restore_service")
