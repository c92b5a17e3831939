"""The customer forgot a PIN or password, or cannot get in."""

from __future__ import annotations

from bot.actions import proof
from bot.actions.job import Job
from bot.actions.offer_person import offer_person


async def account_access(job: Job) -> None:
    """A code by SMS stands in for a PIN that is asked for, another one for a code that did not
    come; anything else is a person's."""
    if job.conversation.expects == "pin":
        await proof.send_code(job)
    elif job.conversation.expects == "code":
        await proof.code_once(job)
    else:
        await offer_person(job)
