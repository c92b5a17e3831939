"""The customer agrees to a change that was previewed: is it made?"""

from __future__ import annotations

from billing_backend.contract import ChangeDone, Wish
from bot.actions import pending
from bot.actions.change_of_mind import agreed_to
from bot.actions.change_plan import preview_and_ask
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified
from bot.actions.service_words import say_done, say_refused


@freshly_verified
async def change_services(job: Job) -> None:
    """Reached by a "yes" only; what is done is what was told, or it is told anew."""
    question = pending.asked(job)
    if question is None or question["what"] != "change_services":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    wish = Wish(question["kind"], question["product"], reason=question["reason"])
    outcome = await job.billing.change_services(
        job.session,
        customer.account_id,
        wish,
        promise=question["promise"],
        channel=job.channel,
        authority=ASSISTANT,
        key=job.key("change_services"),
        now=job.now,
    )
    if isinstance(outcome, ChangeDone):
        job.forget("leaving")
        agreed_to(job, "change", change_id=str(outcome.change_id))
        say_done(job, outcome)
        return
    say_refused(job, outcome)
    if outcome.reason == "preview_outdated":
        await preview_and_ask(job, wish)
