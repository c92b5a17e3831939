"""The customer wants to drop what we were doing."""

from __future__ import annotations

from bot.actions import pending
from bot.actions.change_of_mind import changed_mind
from bot.actions.choices import EXPECTS
from bot.actions.hints import calls_off_a_change
from bot.actions.job import Job


async def never_mind(job: Job) -> None:
    """Nothing stays half asked; a reserved discount goes back to its budget. What was agreed to is
    not dropped by a word: whether it can be undone is told, and asked (change_of_mind.py)."""
    question = pending.asked(job)
    if calls_off_a_change(job) and not pending.comes_back(question):
        pending.settle(job)
        if job.conversation.expects in EXPECTS:
            job.expect(None)  # nor is anything chosen any more
        await job.go_on_with("action_call_off_change")
        return
    if await changed_mind(job):
        return
    # An offer of help changes nothing: there is nothing to drop.
    drops = job.conversation.expects is not None and not pending.merely_offers_help(question)
    await pending.withdraw_offer(job)
    job.forget("confirm", "resume", "topic", "also", "named", "code_until", "dispute", "leaving")
    job.expect(None)
    # What was done before stays done.
    job.say("utter_dropped" if drops else "utter_as_you_wish")
