"""The customer wants to drop what we were doing."""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions import pending
from bot.actions.change_of_mind import changed_mind
from bot.actions.choices import EXPECTS
from bot.actions.hints import calls_off_a_change, thinks_better_of_it
from bot.actions.job import Job


async def never_mind(job: Job) -> None:
    """Nothing stays half asked; a reserved discount goes back to its budget. What was agreed to is
    not dropped by a word: whether it can be undone is told, and asked."""
    asked = pending.asked(job) is not None
    if calls_off_a_change(job) and not pending.comes_back(pending.asked(job)):
        pending.settle(job)
        if job.conversation.expects in EXPECTS:
            job.expect(None)  # nor is anything chosen any more
        await job.go_on_with("action_call_off_change")
        return
    if await changed_mind(job):
        return
    if not asked and await _regrets_an_order(job):
        await job.go_on_with("action_call_off_change")
        return
    open_still = asked or job.conversation.expects is not None
    await pending.withdraw_offer(job)
    job.forget("confirm", "resume", "topic", "also", "named", "code_until", "dispute", "leaving")
    job.expect(None)
    # With nothing open there is nothing to drop, and what was done before stays done.
    job.say("utter_dropped" if open_still else "utter_as_you_wish")


async def _regrets_an_order(job: Job) -> bool:
    """ "I changed my mind" after a change or the end of the service was ordered."""
    if not thinks_better_of_it(job) or (await job.who()).level is not Level.VERIFIED:
        return False
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    return bool(services.scheduled)
