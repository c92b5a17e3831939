"""Why is the bill what it is?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_backend.contract import Cause, Explanation
from billing_backend.money import total
from bot import wording
from bot.actions import pending
from bot.actions.bill_lines import say_lines
from bot.actions.causes import say_cause
from bot.actions.job import Job
from bot.actions.proof import verified

# A listener keeps three things in mind; the rest is told on request.
_CAUSES_ALOUD = 3


@verified
async def explain_bill(job: Job) -> None:
    explanation = await _explanation(job)
    if explanation is None:
        _say_there_is_none(job)
        return
    job.remember(topic="action_explain_bill")
    _say_totals(job, explanation)
    if not explanation.causes:
        say_lines(job, explanation.current)
    elif job.by_voice and len(explanation.causes) > _CAUSES_ALOUD:
        _say_first_causes(job, explanation.causes)
    else:
        for cause in explanation.causes:
            say_cause(job, cause)
        _say_closing(job, explanation)


@verified
async def explain_rest(job: Job) -> None:
    """The causes that did not fit into one breath."""
    explanation = await _explanation(job)
    if explanation is None:
        _say_there_is_none(job)
        return
    for cause in explanation.causes[_CAUSES_ALOUD:]:
        say_cause(job, cause)
    _say_closing(job, explanation)


async def _explanation(job: Job) -> Explanation | None:
    customer = await job.customer()
    return await job.billing.explain(
        job.session, customer.account_id, month=asked_month(job), today=job.today
    )


def asked_month(job: Job) -> date | None:
    """The month that the message names, as its first day."""
    named = job.entities.get("month")
    return date.fromisoformat(f"{named}-01") if named else None


def _say_there_is_none(job: Job) -> None:
    month = asked_month(job)
    if month is None:
        job.say("utter_no_invoice_yet")
    else:
        job.say("utter_no_invoice_then", month=wording.month(month, job.language, job.channel))


def _say_totals(job: Job, explanation: Explanation) -> None:
    current, previous = explanation.current, explanation.previous
    month = wording.month(current.issued_on, job.language, job.channel)
    if previous is None:
        job.say("utter_explain_first", month=month, total=current.total)
    elif not explanation.difference:
        job.say("utter_explain_same", month=month, total=current.total)
    else:
        higher = explanation.difference.minor > 0
        job.say(
            "utter_explain_higher" if higher else "utter_explain_lower",
            month=month,
            total=current.total,
            previous=previous.total,
            difference=abs(explanation.difference),
        )


def _say_first_causes(job: Job, causes: Sequence[Cause]) -> None:
    for cause in causes[:_CAUSES_ALOUD]:
        say_cause(job, cause)
    rest = total((cause.amount for cause in causes[_CAUSES_ALOUD:]), causes[0].amount.currency)
    job.say("utter_explain_rest", change=wording.change(rest, job.language, job.channel))
    pending.ask(job, "explain_rest", entities=job.entities)


def _say_closing(job: Job, explanation: Explanation) -> None:
    """The sum of what was told, and what payments or corrections have left of it."""
    current = explanation.current
    if current.outstanding and current.outstanding != current.total:
        job.say("utter_bill_outstanding", amount=current.outstanding)
    change = wording.change(explanation.difference, job.language, job.channel)
    job.say("utter_explain_closing", difference=change)
