"""The customer regrets something: can it be undone, and if not, what stands?

A "yes" is regretted by any words, for a quarter of an hour. A change that was ordered, by whomever
and however long ago, is regretted by words that say so, until it begins. What there is of either is
looked up, for an agent or the next invoice may have changed it meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from billing_backend.contract import Level
from bot.actions import pending
from bot.actions.dispute_status import ask_to_withdraw, say_state
from bot.actions.hints import thinks_better_of_it
from bot.actions.job import Job
from bot.actions.proof import freshly_verified

# A yes that is older is not what a "never mind" is about.
_RECENT = timedelta(minutes=15)
_AGREED = "agreed_to"


def agreed_to(job: Job, what: str, **which: str) -> None:
    """Remember what the customer has just said yes to."""
    when = {"at": job.now.isoformat(), "position": job.message.position}
    job.remember(**{_AGREED: {"what": what, **when, **which}})


async def just_agreed(job: Job) -> bool:
    """Whether the message before this one was that yes."""
    agreed = job.memory.get(_AGREED)
    return agreed is not None and agreed["position"] == await job.position_before()


async def changed_mind(job: Job) -> bool:
    """Takes the message as regret; False when there is nothing that it can regret, or a question
    is open that it answers."""
    if pending.asked(job) is not None or job.conversation.expects is not None:
        return False
    if _agreed_lately(job):
        await _look(job)
    elif await _regrets_a_change(job):
        await job.go_on_with("action_call_off_change")
    else:
        return False
    return True


def _agreed_lately(job: Job) -> bool:
    agreed = job.memory.get(_AGREED)
    return agreed is not None and job.now - datetime.fromisoformat(agreed["at"]) <= _RECENT


async def _regrets_a_change(job: Job) -> bool:
    """ "I changed my mind" while a change, or the end of the service, lies ahead."""
    if not thinks_better_of_it(job) or (await job.who()).level is not Level.VERIFIED:
        return False
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    return bool(services.scheduled)


@freshly_verified
async def _look(job: Job) -> None:
    agreed = job.memory[_AGREED]
    job.forget(_AGREED)
    await _WHAT_STANDS[agreed["what"]](job, agreed)


async def _change(job: Job, agreed: Mapping[str, Any]) -> None:
    """One that has not begun is called off after a "yes"; one that has can be changed again."""
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    wanted = [each for each in services.scheduled if str(each.change_id) == agreed["change_id"]]
    if wanted:
        job.entities = {"call_off": agreed["change_id"]}
        await job.go_on_with("action_call_off_change")
    else:
        job.say("utter_change_begun")


async def _dispute(job: Job, agreed: Mapping[str, Any]) -> None:
    customer = await job.customer()
    for dispute in await job.billing.disputes(job.session, customer.account_id):
        if dispute.number == agreed["number"]:
            say_state(job, dispute)
            if dispute.answered_on is None and dispute.state != "withdrawn":
                await ask_to_withdraw(job, dispute.number)


async def _arrangement(job: Job, agreed: Mapping[str, Any]) -> None:
    customer = await job.customer()
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    arrangement = balance.arrangement
    if arrangement is None or arrangement.status != "open":
        job.say("utter_nothing_stands")
    elif arrangement.parts:
        job.say("utter_instalments_stand", amount=arrangement.owed, date=arrangement.pay_by)
    else:
        job.say("utter_extension_stands", amount=arrangement.owed, date=arrangement.pay_by)


async def _discount(job: Job, agreed: Mapping[str, Any]) -> None:
    customer = await job.customer()
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    job.say("utter_discount_stands" if balance.grants else "utter_nothing_stands")


_WHAT_STANDS: Mapping[str, Callable[[Job, Mapping[str, Any]], Awaitable[None]]] = {
    "change": _change,
    "dispute": _dispute,
    "arrangement": _arrangement,
    "discount": _discount,
}
