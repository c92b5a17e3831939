"""May this customer pay later, and until when?

Pure. Business rules, section 5: up to 14 days, at most 2 in 12 months, none while another is
broken (defaults in the policy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from billing_backend.contract import (
    ArrangementSummary,
    ExtensionChoices,
    ExtensionRefused,
    Instalment,
)
from billing_backend.invoices.periods import months_back
from billing_backend.money import Money, total
from billing_backend.policy import Policy

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An issued invoice that is not paid in full."""

    number: str
    due_on: date
    outstanding: Money


@dataclass(frozen=True, slots=True)
class PastArrangement:
    """An arrangement made before; `owed` is what is still unpaid of its invoices."""

    summary: ArrangementSummary
    made_on: date
    owed: Money


def choices(
    invoices: Sequence[OpenInvoice],
    past: Sequence[PastArrangement],
    today: date,
    policy: Policy,
) -> ExtensionChoices | ExtensionRefused:
    """The days to choose from, or the first reason why there are none."""
    if not invoices:
        return ExtensionRefused("nothing_due")
    if refused := refuse_more(past, today, policy):
        return refused
    base = _base(invoices, today)
    latest = base + timedelta(days=policy.extension_days)
    covered = [invoice for invoice in invoices if invoice.due_on <= latest]
    return ExtensionChoices(
        amount=total(invoice.outstanding for invoice in covered),
        invoice_numbers=tuple(invoice.number for invoice in covered),
        dates=_suggestions(base, policy.extension_days),
        latest=latest,
    )


def refuse_more(
    past: Sequence[PastArrangement], today: date, policy: Policy
) -> ExtensionRefused | None:
    """Why the past allows no other arrangement now, whole or in parts; None when it does."""
    for rule in (_one_at_a_time, _none_while_broken, _so_many_a_year):
        refused = rule(past, today, policy)
        if refused is not None:
            return refused
    return None


def refuse_day(
    pay_by: date, invoices: Sequence[OpenInvoice], allowed: ExtensionChoices, today: date
) -> ExtensionRefused | None:
    """Why this day cannot be agreed on; None when it can."""
    if pay_by < today:
        return ExtensionRefused("date_in_past", latest=allowed.latest)
    if pay_by > allowed.latest:
        return ExtensionRefused("date_too_late", latest=allowed.latest)
    if pay_by <= min(invoice.due_on for invoice in invoices):
        # Nothing is late by then: it would use up one of the year's extensions for nothing.
        return ExtensionRefused("before_due_date", latest=allowed.latest)
    return None


def status(
    pay_by: date,
    owed: Money,
    broken_on: date | None,
    today: date,
    parts: Sequence[Instalment] = (),
) -> str:
    """kept (paid in time), open, or broken; a late payment does not mend a broken one."""
    if broken_on is not None:
        return "broken"
    if not owed:
        return "kept"
    if today > pay_by:
        return "broken"
    to_come = total((part.amount for part in parts if part.due_on >= today), owed.currency)
    return "broken" if parts and owed > to_come else "open"


def _one_at_a_time(
    past: Sequence[PastArrangement], today: date, policy: Policy
) -> ExtensionRefused | None:
    for arrangement in past:
        if arrangement.summary.status == "open":
            return ExtensionRefused("already_arranged", existing=arrangement.summary)
    return None


def _none_while_broken(
    past: Sequence[PastArrangement], today: date, policy: Policy
) -> ExtensionRefused | None:
    for arrangement in past:
        if arrangement.summary.status == "broken" and arrangement.owed:
            return ExtensionRefused("broken_arrangement", existing=arrangement.summary)
    return None


def _so_many_a_year(
    past: Sequence[PastArrangement], today: date, policy: Policy
) -> ExtensionRefused | None:
    since = months_back(today, 12)
    recent = [arrangement for arrangement in past if arrangement.made_on > since]
    return ExtensionRefused("too_many") if len(recent) >= policy.extensions_per_year else None


def _base(invoices: Sequence[OpenInvoice], today: date) -> date:
    """The day from which the extension counts: the oldest due date, if it is still to come."""
    return max(today, min(invoice.due_on for invoice in invoices))


def _suggestions(base: date, days: int) -> tuple[date, ...]:
    """Up to three working days after `base`: about a third, two thirds and all of the time."""
    wished = [base + timedelta(days=days * part // 3) for part in (1, 2, 3)]
    earlier = (not_at_a_weekend(day) for day in wished)
    return tuple(dict.fromkeys(day for day in earlier if day > base)) or (wished[-1],)


def not_at_a_weekend(day: date) -> date:
    """The Friday before, so that the limit is never passed."""
    return day - timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))
