"""In which responses is a change of services told: what it would do, what it did, why not?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from billing_backend.contract import (
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    InvoiceLineFacts,
    ScheduledChange,
)
from bot import wording
from bot.actions import pending
from bot.actions.choices import offer
from bot.actions.job import Job


def say_preview(job: Job, preview: ChangePreview) -> None:
    """What changes, from when, at which price, and what the next invoice will say."""
    now = preview.from_day == job.today
    job.say(
        _WHAT_NOW[preview.wish.kind] if now else _WHAT[preview.wish.kind], **_names(job, preview)
    )
    if preview.fee is not None:
        job.say("utter_change_fee", fee=preview.fee)
    if preview.minimum_term_until is not None:
        job.say("utter_change_term", date=_dated(job, preview))
    if preview.wish.kind == "cancel":
        _say_end(job, preview)
    else:
        _say_next_invoice(job, preview)


def say_done(job: Job, done: ChangeDone) -> None:
    preview = done.preview
    job.say(_DONE[preview.wish.kind], **_names(job, preview))
    if preview.wish.kind == "cancel":
        _say_end(job, preview)


def say_refused(job: Job, refused: ChangeRefused) -> None:
    """The reason, and what can be done instead."""
    if refused.reason == "already_scheduled" and refused.existing is not None:
        say_scheduled(job, refused.existing)
        offer_to_call_off(job, refused.existing)
    elif refused.reason == "already_cancelled":
        job.say("utter_service_cancelled_already", date=refused.day)
    elif refused.reason == "suspended":
        job.say("utter_change_suspended")
    elif refused.reason == "preview_outdated":
        job.say("utter_change_outdated")
    else:
        job.say(_REFUSED.get(refused.reason, "utter_change_not_possible"))
        pending.ask(job, "person", topic="change_plan")
        job.say("utter_service_person")


def say_scheduled(job: Job, change: ScheduledChange) -> None:
    """One change to come, in a sentence."""
    job.say(
        _SCHEDULED[change.kind],
        date=change.from_day,
        old=job.in_language(change.old),
        new=job.in_language(change.new),
        last_day=change.from_day - timedelta(days=1),
    )


def offer_to_call_off(job: Job, change: ScheduledChange, *, number: int = 1) -> None:
    """`number` is the key of its button on the phone, after those said before it."""
    offer(job, "utter_call_off_offer", change=str(change.change_id), number=number)


def _names(job: Job, preview: ChangePreview) -> dict[str, Any]:
    return {
        "old": job.in_language(preview.old.name) if preview.old else "",
        "new": job.in_language(preview.new.name) if preview.new else "",
        "price": preview.new.gross if preview.new else preview.old.gross if preview.old else "",
        "date": preview.from_day,
        "last_day": preview.last_day,
    }


def _dated(job: Job, preview: ChangePreview) -> str:
    assert preview.minimum_term_until is not None
    return wording.dated(preview.minimum_term_until, job.language, job.channel)


def _say_end(job: Job, preview: ChangePreview) -> None:
    """What is left to pay in all, as things stand."""
    if preview.final_amount.minor > 0:
        job.say("utter_end_amount", amount=preview.final_amount)
    else:
        job.say("utter_end_nothing")


def _say_next_invoice(job: Job, preview: ChangePreview) -> None:
    """The prorated lines (not aloud: nobody listens to a list) and the difference."""
    if preview.next_invoice is None or preview.difference is None:
        return
    if not job.by_voice:
        for line in preview.lines:
            if line.kind == "proration":
                _say_line(job, line)
    total = preview.next_invoice.total
    if not preview.difference:
        job.say("utter_next_invoice_same", total=total)
        return
    more = preview.difference.minor > 0
    job.say(
        "utter_next_invoice_more" if more else "utter_next_invoice_less",
        difference=abs(preview.difference),
        total=total,
    )


def _say_line(job: Job, line: InvoiceLineFacts) -> None:
    job.say(
        "utter_change_line",
        name=job.in_language(line.description),
        start=line.period_start,
        end=line.period_end,
        amount=wording.change(line.gross, job.language, job.channel),
    )


_WHAT = {
    "plan": "utter_preview_plan",
    "add_on": "utter_preview_add_on",
    "remove_add_on": "utter_preview_remove",
    "cancel": "utter_preview_cancel",
}
_WHAT_NOW = _WHAT | {
    "plan": "utter_preview_plan_now",
    "add_on": "utter_preview_add_on_now",
}
_DONE = {
    "plan": "utter_done_plan",
    "add_on": "utter_done_add_on",
    "remove_add_on": "utter_done_remove",
    "cancel": "utter_done_cancel",
}
_SCHEDULED = {
    "plan": "utter_scheduled_plan",
    "add_on": "utter_scheduled_add_on",
    "remove_add_on": "utter_scheduled_remove",
    "cancel": "utter_scheduled_cancel",
}
_REFUSED = {
    "no_plan": "utter_no_plan",
    "same_plan": "utter_same_plan",
    "other_family": "utter_other_family",
    "already_have": "utter_add_on_had",
    "not_on_sale": "utter_not_on_sale",
    "unknown_product": "utter_not_on_sale",
    "before_agreement": "utter_not_begun",
}
