"""What was told, agreed and changed in a call, as one SMS, if the caller wants it?

What was agreed and changed is noted when it is done, from what billing answered; what is owed is
asked of billing when the summary is written. It is never longer than two segments: what was done
first gives way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_backend.contract import CustomerFacts, Level
from bot.actions import pending
from bot.actions.job import Job
from bot.actions.payment_link import by_sms
from bot.channels.sms.segments import segments
from handoff.conversations import Author, Draft, Part, outbox
from handoff.conversations.ownership import DONE

MOST_SEGMENTS = 2
_SMS = "sms"
# What is said when something was done, and how the summary puts it.
_NOTED = {
    "utter_corrected": "utter_summary_corrected",
    "utter_extension_arranged": "utter_summary_extension",
    "utter_instalments_arranged": "utter_summary_instalments",
    "utter_granted": "utter_summary_discount",
    "utter_dispute_opened": "utter_summary_dispute",
    "utter_dispute_opened_paid": "utter_summary_dispute",
    "utter_refund_to_card": "utter_summary_refund",
    "utter_refund_by_bank_transfer": "utter_summary_refund",
    "utter_done_plan": "utter_summary_change",
    "utter_done_add_on": "utter_summary_change",
    "utter_done_remove": "utter_summary_change",
    "utter_done_cancel": "utter_summary_change",
    "utter_scheduled_plan": "utter_summary_change",
    "utter_scheduled_add_on": "utter_summary_change",
    "utter_scheduled_remove": "utter_summary_change",
    "utter_scheduled_cancel": "utter_summary_change",
}


def note(job: Job) -> None:
    """Keep what this action has done in a call."""
    if not job.by_voice:
        return
    done = [
        {"response": _NOTED[said.response], "values": dict(said.plain)}
        for said in job.said
        if said.response in _NOTED
    ]
    if done:
        job.remember(**{DONE: [*job.memory.get(DONE, []), *done]})


async def goodbye(job: Job) -> None:
    """A caller who proved who they are is asked once whether they want the summary."""
    if job.by_voice and not job.memory.get("summary_asked") and await _may_have_one(job):
        job.remember(summary_asked=True)
        job.say("utter_ask_summary")
        pending.ask(job, "send_summary")
    else:
        job.say("utter_goodbye")


async def send_summary(job: Job) -> None:
    """Reached by a "yes" only: to the number on file, and the call ends."""
    question = pending.asked(job)
    if question is None or question["what"] != "send_summary" or not await _may_have_one(job):
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    parts = await _parts(job, customer)
    await outbox.write(
        job.session,
        await by_sms(job, customer),
        Draft(parts=parts),
        author=Author.NOTICE,
        key=job.key("summary"),
        now=job.now,
    )
    job.say("utter_summary_sent")
    job.say("utter_goodbye")


async def _may_have_one(job: Job) -> bool:
    return (await job.who()).level is Level.VERIFIED and bool((await job.customer()).phone)


async def _parts(job: Job, customer: CustomerFacts) -> list[Part]:
    """Heading, what was done, what is owed; as much of the middle as fits, the newest first."""
    first = Part("utter_summary_heading", {"company": job.services.company})
    last = await _balance(job, customer)
    done = [Part(each["response"], each["values"]) for each in job.memory.get(DONE, [])]
    agreed = (job.memory.get("agreed") or {}).get("words")
    if agreed:
        done.append(Part("utter_summary_agreed", {"agreed": agreed}))
    while done and not _fits(job, [first, *done, last]):
        done.pop(0)
    return [first, *done, last]


async def _balance(job: Job, customer: CustomerFacts) -> Part:
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    if not balance.due:
        return Part("utter_summary_nothing_due")
    due: dict[str, Any] = {"money": balance.due.minor, "currency": balance.due.currency}
    if balance.overdue or balance.due_date is None:
        return Part("utter_summary_due_now", {"due": due})
    return Part("utter_summary_due", {"due": due, "date": {"date": balance.due_date.isoformat()}})


def _fits(job: Job, parts: Sequence[Part]) -> bool:
    worded = job.services.texts.join(
        [{"response": part.response, "values": part.values} for part in parts], job.language, _SMS
    )
    return segments(worded.text) <= MOST_SEGMENTS
