"""The customer chose one of several things: which action is it for?"""

from __future__ import annotations

from bot.actions.job import Job

# An option is "kind:value"; the value reaches the action as an entity named like the kind.
_ACTIONS = {
    "account": "action_choose_account",
    "product": "action_change_plan",
    "plans": "action_change_plan",
    "cheaper": "action_compare_plans",
    "leaving": "action_cancel_service",
    "call_off": "action_call_off_change",
}


async def choose(job: Job) -> None:
    kind, _, value = job.entities.get("option", "").partition(":")
    action = _ACTIONS.get(kind)
    if action is None:
        job.say("utter_old_button")
        return
    job.expect(None)
    job.entities = {kind: value}
    await job.go_on_with(action)
