"""In which response, with which values, is a cause of a changed bill told?

Billing gives kinds and evidence; a cause whose evidence does not fit its sentence is told
plainly, with its amount, rather than with an invented detail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from billing_backend.contract import Cause
from billing_backend.money import Money
from bot import wording
from bot.actions.job import Job

Told = tuple[str, dict[str, Any]]


class _Unclear(Exception):
    """The evidence lacks what the sentence needs."""


def say_cause(job: Job, cause: Cause, other: str) -> None:
    """One cause, as one response; `other` says of when the bill to compare with is."""
    change = wording.change(cause.amount, job.language, job.channel)
    try:
        response, values = _SENTENCES.get(cause.kind, _other)(job, cause)
    except _Unclear:
        response, values = _other(job, cause)
    job.say(response, change=change, other=other, **values)


def _price_change(job: Job, cause: Cause) -> Told:
    values = {
        "name": _name(job, cause),
        "price_before": Money(_number(cause, "from"), cause.amount.currency),
        "price_now": Money(_number(cause, "to"), cause.amount.currency),
        "since": _day(job, cause, "since"),
    }
    if "from_name" in cause.evidence:
        old_name = job.in_language(cause.evidence["from_name"])
        return "utter_cause_plan_changed", values | {"name_before": old_name}
    times = cause.evidence.get("times", 1)
    if times > 1:
        how_often = wording.count(times, "time", job.language, job.channel)
        return "utter_cause_price_changes", values | {"times": how_often}
    return "utter_cause_price_change", values


def _promotion_ended(job: Job, cause: Cause) -> Told:
    values = {"name": _name(job, cause), "until": _day(job, cause, "until")}
    return "utter_cause_promotion_ended", values


def _add_on_added(job: Job, cause: Cause) -> Told:
    values = {"name": _name(job, cause), "since": _day(job, cause, "since")}
    return "utter_cause_add_on_added", values


def _add_on_removed(job: Job, cause: Cause) -> Told:
    values = {"name": _name(job, cause), "since": _day(job, cause, "since")}
    return "utter_cause_add_on_removed", values


def _usage(job: Job, cause: Cause) -> Told:
    if cause.amount.minor < 0:
        return "utter_cause_usage_less", {"name": _name(job, cause)}
    return "utter_cause_usage", {"name": _name(job, cause)}


def _proration(job: Job, cause: Cause) -> Told:
    days = wording.count(_number(cause, "days"), "day", job.language, job.channel)
    values = {"name": _name(job, cause), "days": days}
    if cause.evidence.get("last_time"):
        return "utter_cause_proration_last_time", values
    return "utter_cause_proration", values | {"since": _day(job, cause, "since")}


def _one_off(job: Job, cause: Cause) -> Told:
    last_time = cause.evidence.get("last_time")
    response = "utter_cause_one_off_last_time" if last_time else "utter_cause_one_off"
    return response, {"name": _name(job, cause)}


def _late_fee(job: Job, cause: Cause) -> Told:
    return ("utter_cause_late_fee_gone" if cause.amount.minor < 0 else "utter_cause_late_fee"), {}


def _tax_rate(job: Job, cause: Cause) -> Told:
    rates = {
        name: wording.percent(_number(cause, key), job.language, job.channel)
        for name, key in (("rate_before", "from"), ("rate_now", "to"))
    }
    return "utter_cause_tax_rate", {"name": _name(job, cause), **rates}


def _discount_started(job: Job, cause: Cause) -> Told:
    return "utter_cause_discount_started", {"name": _name(job, cause)}


def _discount_ended(job: Job, cause: Cause) -> Told:
    return "utter_cause_discount_ended", {"name": _name(job, cause)}


def _correction(job: Job, cause: Cause) -> Told:
    """A wrong charge is told as one, never as something that was ordered."""
    values = {"name": _name(job, cause), "credit_note": _text(cause, "credit_note")}
    last_time = cause.evidence.get("last_time")
    response = "utter_cause_correction_last_time" if last_time else "utter_cause_correction"
    return response, values


def _credit_used(job: Job, cause: Cause) -> Told:
    last_time = cause.amount.minor > 0
    return ("utter_cause_credit_last_time" if last_time else "utter_cause_credit_now"), {}


def _other(job: Job, cause: Cause) -> Told:
    name = job.in_language(cause.evidence.get("name"))
    return ("utter_cause_named", {"name": name}) if name else ("utter_cause_other", {})


_SENTENCES: dict[str, Callable[[Job, Cause], Told]] = {
    "price_change": _price_change,
    "promotion_ended": _promotion_ended,
    "add_on_added": _add_on_added,
    "add_on_removed": _add_on_removed,
    "usage": _usage,
    "proration": _proration,
    "one_off": _one_off,
    "late_fee": _late_fee,
    "tax_rate_change": _tax_rate,
    "discount_started": _discount_started,
    "discount_ended": _discount_ended,
    "correction": _correction,
    "credit_used": _credit_used,
}


def _name(job: Job, cause: Cause) -> str:
    name = job.in_language(cause.evidence.get("name"))
    if not name:
        raise _Unclear
    return name


def _text(cause: Cause, key: str) -> str:
    value = cause.evidence.get(key)
    if not isinstance(value, str):
        raise _Unclear
    return value


def _number(cause: Cause, key: str) -> int:
    value = cause.evidence.get(key)
    if not isinstance(value, int):
        raise _Unclear
    return value


def _day(job: Job, cause: Cause, key: str) -> str:
    value = cause.evidence.get(key)
    if not value:
        raise _Unclear
    return wording.dated(date.fromisoformat(str(value)), job.language, job.channel)
