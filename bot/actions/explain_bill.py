"""Why is the bill what it is?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import Cause, Explanation, InvoiceFacts, Which
from billing_backend.money import total
from bot import told, wording
from bot.actions import pending
from bot.actions.bill_lines import say_lines
from bot.actions.causes import say_cause
from bot.actions.dispute_status import say_why
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.which_bill import NAMES_A_BILL, asked_bill, asked_month, speak_of, spoken_of
from bot.told import Told

# A listener keeps three things in mind; the rest is told on request.
_CAUSES_ALOUD = 3


@verified
async def explain_bill(job: Job) -> None:
    """Or of a dispute, when its answer was told last and nothing else is named."""
    if await _answered_dispute(job):
        return
    # Also of a month without a bill: another is asked for, and a month is the answer.
    job.remember(topic="action_explain_bill")
    if not await _found(job):
        job.say("utter_bill_not_found")
        return
    explanation = await _explanation(job)
    if explanation is None:
        await _say_there_is_none(job)
        return
    speak_of(job, explanation.current.number, "action_explain_bill")
    _say_totals(job, explanation)
    if not explanation.causes:
        say_lines(job, explanation.current)
        _say_what_is_left(job, explanation)
    elif job.by_voice and len(explanation.causes) > _CAUSES_ALOUD:
        _say_first_causes(job, explanation)
    else:
        _say_causes(job, explanation, explanation.causes)
        _say_closing(job, explanation)


@verified
async def explain_rest(job: Job) -> None:
    """The causes that did not fit into one breath."""
    explanation = await _explanation(job)
    if explanation is None:
        await _say_there_is_none(job)
        return
    _say_causes(job, explanation, explanation.causes[_CAUSES_ALOUD:])
    _say_closing(job, explanation)


async def _explanation(job: Job, **which: Which | None) -> Explanation | None:
    customer = await job.customer()
    asked = which or {"month": _asked(job), "against": asked_month(job, "other_month")}
    return await job.billing.explain(
        job.session,
        customer.account_id,
        month=asked["month"],
        against=asked.get("against"),
        today=job.today,
    )


async def _answered_dispute(job: Job) -> bool:
    last = _told(job)
    return last is not None and last.dispute is not None and await say_why(job, last.dispute)


async def _found(job: Job) -> bool:
    """A bill named by its place, or by its number in anybody's writing, is from here on named by
    its number; False when there is no such bill."""
    by_place = "invoice_which" in job.entities and asked_month(job) is None
    if not by_place and "invoice_number" not in job.entities:
        return True
    customer = await job.customer()
    invoices = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    invoice = asked_bill(job, invoices)
    if invoice is not None:
        job.entities = {**job.entities, "invoice_number": invoice.number}
    return invoice is not None


def _asked(job: Job) -> Which | None:
    """The bill: by number or month, else the one that the customer was told of last."""
    named: Which | None = job.entities.get("invoice_number") or asked_month(job)
    last = _told(job)
    return named or (last.invoice if last else spoken_of(job))


def _told(job: Job) -> Told | None:
    """What was told, if the message names nothing else."""
    if not NAMES_A_BILL.isdisjoint(job.entities):
        return None
    return told.of(job.conversation, now=job.now)


async def _say_there_is_none(job: Job) -> None:
    """Of which of the months asked for there is no bill, or that none has the number."""
    if isinstance(_asked(job), str):
        job.say("utter_bill_not_found")
        return
    for month in (asked_month(job), asked_month(job, "other_month")):
        if month is not None and await _explanation(job, month=month) is None:
            job.say("utter_no_invoice_then", month=wording.month(month, job.language, job.channel))
            return
    job.say("utter_no_invoice_yet")


def _say_totals(job: Job, explanation: Explanation) -> None:
    current, previous = explanation.current, explanation.previous
    month = _when(job, current, previous)
    if previous is None:
        job.say("utter_explain_first", month=month, total=current.total)
        return
    other = _when(job, previous, current)
    if not explanation.difference:
        job.say("utter_explain_same", month=month, total=current.total, other=other)
        return
    higher = explanation.difference.minor > 0
    job.say(
        "utter_explain_higher" if higher else "utter_explain_lower",
        month=month,
        total=current.total,
        other=other,
        previous=previous.total,
        difference=abs(explanation.difference),
    )


def _when(job: Job, invoice: InvoiceFacts, beside: InvoiceFacts | None) -> str:
    """The month of a bill; beside another one of that month, the day that its period begins."""
    month = wording.month(invoice.issued_on, job.language, job.channel)
    if beside is None or wording.month(beside.issued_on, job.language, job.channel) != month:
        return month
    return wording.dated(invoice.period_start, job.language, job.channel)


def _say_causes(job: Job, explanation: Explanation, causes: Sequence[Cause]) -> None:
    assert explanation.previous is not None  # without it there are no causes
    other = _when(job, explanation.previous, explanation.current)
    for cause in causes:
        say_cause(job, cause, other)


def _say_first_causes(job: Job, explanation: Explanation) -> None:
    causes = explanation.causes
    _say_causes(job, explanation, causes[:_CAUSES_ALOUD])
    rest = total((cause.amount for cause in causes[_CAUSES_ALOUD:]), causes[0].amount.currency)
    job.say("utter_explain_rest", change=wording.change(rest, job.language, job.channel))
    pending.ask(job, "explain_rest", entities=job.entities)


def _say_closing(job: Job, explanation: Explanation) -> None:
    """The sum of what was told, and what payments or corrections have left of it."""
    _say_what_is_left(job, explanation)
    change = wording.change(explanation.difference, job.language, job.channel)
    job.say("utter_explain_closing", difference=change)


def _say_what_is_left(job: Job, explanation: Explanation) -> None:
    """What was given back of the bill since it was issued, and what is still to be paid of it."""
    told = {cause.evidence.get("credit_note") for cause in explanation.causes}
    for credit in explanation.credits:
        if credit.number not in told:
            job.say("utter_explain_credited", amount=credit.amount, credit_note=credit.number)
    current = explanation.current
    if current.outstanding and current.outstanding != current.total:
        job.say("utter_bill_outstanding", amount=current.outstanding)
