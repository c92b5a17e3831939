"""Is the code or PIN right, and what was it for?"""

from __future__ import annotations

from billing_backend.contract import LockedOut, Verified
from bot import language, wording
from bot.actions.job import Job
from bot.actions.proof import refuse_locked
from bot.actions.take_customer_number import DIGITS, name_customer


async def check_code(job: Job) -> None:
    await _check(job, "code")


async def check_pin(job: Job) -> None:
    await _check(job, "pin")


async def _check(job: Job, kind: str) -> None:
    secret = await job.services.vault.of_message(job.session, job.message.id)
    if secret is None:
        # It lay in the vault for too long (we were down): it is worthless by now anyway.
        job.say(f"utter_lost_{kind}")
        job.expect(kind)
        return
    if len(secret) == DIGITS:
        # Neither a code nor a PIN: somebody mistyped the customer number and gives it again.
        await job.services.vault.forget(job.session, job.message.id)
        await name_customer(job, secret)
        return
    check = job.billing.check_code if kind == "code" else job.billing.check_pin
    outcome = await check(
        job.session, job.conversation.id, secret, address=job.conversation.sender, now=job.now
    )
    await job.services.vault.forget(job.session, job.message.id)
    await job.who(again=True)
    if isinstance(outcome, Verified):
        await _welcome(job, outcome.first_name)
    elif isinstance(outcome, LockedOut):
        await refuse_locked(job, outcome)
    else:
        tries = wording.count(outcome.tries_left, "try", job.language, job.channel)
        job.say(f"utter_wrong_{kind}", tries=tries)
        job.expect(kind)


async def _welcome(job: Job, first_name: str) -> None:
    """Thank, and answer what had to wait for the proof."""
    resume = job.memory.get("resume")
    job.forget("resume", "code_until", "named")
    language.follow_profile(job.conversation, (await job.customer()).language)
    job.expect(None)
    if resume is None:
        job.say("utter_verified", name=first_name)
        return
    job.say("utter_verified_go_on", name=first_name)
    await job.take_up(resume)
