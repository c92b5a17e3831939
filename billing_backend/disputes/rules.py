"""May this be disputed, how much of it, and what is left to pay after the answer?

Pure. Business rules, section 4: what is not proven and the customer does not agree with is
disputed, and not asked for until it is answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from billing_backend.contract import DisputeRefused, DisputeSummary
from billing_backend.invoices.periods import months_back
from billing_backend.money import Money, total
from billing_backend.policy import Policy

UNANSWERED = ("open", "under_review")


@dataclass(frozen=True, slots=True)
class Disputable:
    """An invoice as a dispute sees it: `lines` are gross amounts by line."""

    issued_on: date
    total: Money
    credited: Money
    outstanding: Money
    lines: dict[UUID, Money]


@dataclass(frozen=True, slots=True)
class Before:
    """A dispute of the same invoice; without lines it is about all of them."""

    summary: DisputeSummary
    line_ids: frozenset[UUID]


def may_open(
    invoice: Disputable,
    line_ids: Collection[UUID],
    asked: Money | None,
    before: Sequence[Before],
    today: date,
    policy: Policy,
) -> Money | DisputeRefused:
    """The amount that is disputed, or the first reason why it cannot be.

    What was withdrawn may be disputed again; what was answered is a person's to hear once more.
    """
    for other in before:
        if other.summary.state != "withdrawn" and _same(other.line_ids, line_ids):
            return DisputeRefused("already_disputed", existing=other.summary)
    if not invoice.outstanding and invoice.issued_on < months_back(
        today, policy.dispute_paid_months
    ):
        return DisputeRefused("too_old")
    return _amount(invoice, line_ids, asked, before)


def answer_by(opened_on: date, policy: Policy) -> date:
    return opened_on + timedelta(days=policy.dispute_answer_days)


def due_again_on(
    disputed: Money, credited: Money, answered_on: date, policy: Policy
) -> date | None:
    """Until when the customer may pay what was not credited; None when all of it was."""
    if credited >= disputed:
        return None
    return answered_on + timedelta(days=policy.dispute_fresh_days)


def _same(first: Collection[UUID], second: Collection[UUID]) -> bool:
    return not first or not second or not set(first).isdisjoint(second)


def _amount(
    invoice: Disputable, line_ids: Collection[UUID], asked: Money | None, before: Sequence[Before]
) -> Money | DisputeRefused:
    elsewhere = total(
        (each.summary.amount for each in before if each.summary.state in UNANSWERED),
        invoice.total.currency,
    )
    left = invoice.total - invoice.credited - elsewhere
    wanted = total((invoice.lines[line] for line in line_ids), left.currency) if line_ids else left
    most = min(wanted, left)
    if most.minor <= 0:
        return DisputeRefused("nothing_left")
    if asked is not None and not 0 < asked.minor <= most.minor:
        return DisputeRefused("above_invoice")
    return most if asked is None else asked
