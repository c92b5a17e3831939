"""One of several things was chosen, by its button or number: which, and of what?"""

from __future__ import annotations

from bot.actions.dispute_status import ask_to_withdraw
from bot.actions.job import Job
from bot.actions.open_dispute import take_line
from bot.actions.proof import verified
from bot.actions.request_payment_plan import take_parts


@verified
async def choose(job: Job) -> None:
    """`choice` is "<kind>:<which>", put on the button by our server."""
    kind, _, which = job.entities.get("choice", "").partition(":")
    if kind == "line":
        await take_line(job, which)
    elif kind == "parts":
        await take_parts(job, int(which))
    elif kind == "withdraw":
        await ask_to_withdraw(job, which)
    else:
        job.say("utter_old_button")
