"""One of several things was chosen, by its button or number: which, and of what?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.actions.clarify import take_meaning
from bot.actions.dispute_status import ask_to_withdraw
from bot.actions.job import Job
from bot.actions.open_dispute import choose_reason, take_line
from bot.actions.proof import verified
from bot.actions.repeat import say_simply
from bot.actions.request_payment_plan import take_parts

# Answers to a question that only a verified customer was asked.
_ANSWERS: Mapping[str, Callable[[Job, str], Awaitable[None]]] = {
    "line": take_line,
    "reason": choose_reason,
    "parts": lambda job, which: take_parts(job, int(which)),
    "withdraw": ask_to_withdraw,
}
# What anybody may choose.
_PLAIN: Mapping[str, Callable[[Job, str], Awaitable[None]]] = {
    "meaning": take_meaning,
    "simpler": lambda job, _: say_simply(job),
}
# Actions with a gate of their own; the value reaches them as an entity named like the kind.
_ACTIONS = {
    "account": "action_choose_account",
    "product": "action_change_plan",
    "plans": "action_change_plan",
    "cheaper": "action_compare_plans",
    "leaving": "action_cancel_service",
    "call_off": "action_call_off_change",
    "notices": "action_notices",
}


async def choose(job: Job) -> None:
    """`choice` is "<kind>:<which>", put on the button by our server."""
    kind, which = _choice(job)
    if kind in _PLAIN:
        await _PLAIN[kind](job, which)
    elif kind in _ANSWERS:
        await _answer(job)
    elif kind in _ACTIONS:
        job.expect(None)
        job.entities = {kind: which}
        await job.go_on_with(_ACTIONS[kind])
    else:
        job.say("utter_old_button")


@verified
async def _answer(job: Job) -> None:
    kind, which = _choice(job)
    await _ANSWERS[kind](job, which)


def _choice(job: Job) -> tuple[str, str]:
    kind, _, which = job.entities.get("choice", "").partition(":")
    return kind, which
