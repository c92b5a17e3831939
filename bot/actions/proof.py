"""Has this person proved who they are, and if not, how do we ask?

Amounts, invoices and account facts need a verified customer; changes of money a fresh proof.
What was asked for is kept and answered as soon as the proof is given.
"""

from __future__ import annotations

import functools
from datetime import datetime

from billing_backend.contract import CodeIssued, Identification, Level, LockedOut
from bot.actions.accounts import settled
from bot.actions.job import Job, JobFunction
from handoff.conversations import Author, Draft, Part, outbox
from handoff.conversations.inbox import open_conversation


def verified(do: JobFunction) -> JobFunction:
    """The action runs for a verified customer only."""
    return _gated(do, fresh=False)


def freshly_verified(do: JobFunction) -> JobFunction:
    """The action changes money: the proof must be younger than the policy's minutes."""
    return _gated(do, fresh=True)


def _gated(do: JobFunction, *, fresh: bool) -> JobFunction:
    @functools.wraps(do)
    async def gated(job: Job) -> None:
        who = await job.who()
        if who.level is Level.VERIFIED and (who.fresh or not fresh):
            if await settled(job):
                await do(job)
            return
        job.remember(resume=job.request())
        await ask_for_proof(job)

    return gated


async def ask_for_proof(job: Job) -> None:
    """The next step towards a proof: who are you, or the code or PIN that proves it."""
    who = await recognised(job)
    locked = await job.billing.lockout(
        job.session, job.conversation.id, address=job.conversation.sender, now=job.now
    )
    if locked is not None:
        await refuse_locked(job, locked)
    elif job.by_voice:
        # The caller's number can be forged and a code by SMS takes a second hand: by phone it is
        # the customer number and the PIN, both keyed in.
        if job.memory.get("named") or who.level is Level.VERIFIED:
            ask_pin(job)
        else:
            job.say("utter_ask_customer_number")
            job.expect("customer_number")
    elif job.memory.get("named") or who.customer_id is not None:
        await code_once(job)
    else:
        ask_who(job)


async def recognised(job: Job) -> Identification:
    """Who it seems to be: an SMS or a call brings its number along."""
    who = await job.who()
    phone = job.conversation.phone
    if who.level is not Level.UNKNOWN or phone is None or job.channel == "telegram":
        return who
    await job.billing.recognise(
        job.session, job.conversation.id, phone=phone, method="caller_number", now=job.now
    )
    return await job.who(again=True)


def ask_who(job: Job) -> None:
    job.say("utter_ask_who")
    job.expect("customer_number")


def ask_pin(job: Job) -> None:
    job.say("utter_ask_pin")
    job.expect("pin")


async def code_once(job: Job) -> None:
    """Send a code, unless one is on its way already: asking twice must not use up the codes."""
    until = job.memory.get("code_until")
    if job.conversation.expects == "code" and until and job.now < datetime.fromisoformat(until):
        job.say("utter_code_awaited")
    else:
        await send_code(job)


async def send_code(job: Job) -> None:
    """Send a one-time code to the phone on file and wait for it."""
    issued = await job.billing.issue_code(
        job.session, job.conversation.id, address=job.conversation.sender, now=job.now
    )
    if isinstance(issued, LockedOut):
        await refuse_locked(job, issued)
        return
    if issued.phone is not None:
        await _put_on_its_way(job, issued, issued.phone)
    # The same words when there is nobody to send it to: nobody learns who is a customer.
    job.say("utter_code_sent")
    job.remember(code_until=issued.expires_at.isoformat())
    job.expect("code")


async def _put_on_its_way(job: Job, issued: CodeIssued, phone: str) -> None:
    sms = await open_conversation(
        job.session,
        channel="sms",
        address=phone,
        sender=phone,
        phone=phone,
        language_hint=job.language,
        now=job.now,
    )
    secret = await job.services.vault.put(job.session, sms.id, issued.code)
    await outbox.write(
        job.session,
        sms,
        Draft(parts=[Part("utter_sms_code", {"code": {"secret": str(secret)}})]),
        author=Author.NOTICE,
        key=job.key("code"),
        now=job.now,
    )


async def refuse_locked(job: Job, locked: LockedOut) -> None:
    """Too many wrong tries: say until when, and bring a person."""
    job.expect(None)
    job.say("utter_locked", until=locked.until)
    await job.hand_over("locked_identity", until=locked.until.isoformat())
