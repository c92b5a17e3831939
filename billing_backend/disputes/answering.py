"""How does a dispute go on: taken under review, upheld, rejected or withdrawn?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.words import standing
from billing_backend.clock import business_date
from billing_backend.contract import (
    AboveLimit,
    Authority,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    Tier,
)
from billing_backend.corrections import credit_notes
from billing_backend.corrections.amounts import left_of_invoice, spread
from billing_backend.corrections.credit_repository import credits_on
from billing_backend.corrections.facts import CreditLine
from billing_backend.corrections.service import review
from billing_backend.customers.repository import lock_account
from billing_backend.disputes import repository, rules, telling
from billing_backend.disputes.models import Dispute
from billing_backend.disputes.service import audit_change
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money, total
from billing_backend.policy import Policy, above_limit

Answer = TypeVar("Answer")

_CHANGED: TypeAdapter[DisputeSummary | DisputeRefused] = TypeAdapter(
    DisputeSummary | DisputeRefused
)
_UPHELD: TypeAdapter[DisputeUpheld | DisputeRefused | AboveLimit] = TypeAdapter(
    DisputeUpheld | DisputeRefused | AboveLimit
)


async def review_dispute(
    session: AsyncSession,
    account_id: UUID,
    number: str,
    *,
    authority: Authority,
    key: str,
    now: datetime,
) -> DisputeSummary | DisputeRefused:
    """Somebody looks into it. Taken under review again, it stays as it is."""

    async def work(dispute: Dispute) -> DisputeSummary:
        if dispute.state == "under_review":
            return await repository.summary(session, dispute.id)
        return await _change(session, dispute, "under_review", "", authority, now)

    request = {"do": "review_dispute", "account": account_id, "dispute": number}
    return await once(
        session, key, request, _CHANGED, lambda: _unanswered(session, account_id, number, work)
    )


async def reject_dispute(
    session: AsyncSession,
    account_id: UUID,
    number: str,
    *,
    answer: str,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> DisputeSummary | DisputeRefused:
    """`answer` is the reason, in the customer's language: it is told to them as it stands."""

    async def work(dispute: Dispute) -> DisputeSummary:
        _answered(dispute, now, policy)
        dispute.answer = answer
        return await _change(session, dispute, "rejected", answer, authority, now)

    request = {"do": "reject_dispute", "account": account_id, "dispute": number, "answer": answer}
    return await once(
        session, key, request, _CHANGED, lambda: _unanswered(session, account_id, number, work)
    )


async def withdraw_dispute(
    session: AsyncSession,
    account_id: UUID,
    number: str,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> DisputeSummary | DisputeRefused:
    """The customer agrees after all: what was disputed is owed as if nothing had been said."""

    async def work(dispute: Dispute) -> DisputeSummary:
        dispute.answered_on = business_date(now, policy.zone)
        return await _change(session, dispute, "withdrawn", "", authority, now)

    request = {"do": "withdraw_dispute", "account": account_id, "dispute": number}
    return await once(
        session, key, request, _CHANGED, lambda: _unanswered(session, account_id, number, work)
    )


async def uphold_dispute(
    session: AsyncSession,
    account_id: UUID,
    number: str,
    *,
    amount: Money | None,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> DisputeUpheld | DisputeRefused | AboveLimit:
    """Gives back the disputed amount, or so much of it, by credit note; above the authority's
    limit it says who may. Counted as a correction of ours, not as a discount."""

    async def work(dispute: Dispute) -> DisputeUpheld | DisputeRefused | AboveLimit:
        disputed = Money(dispute.amount_minor, dispute.currency)
        given = disputed if amount is None else amount
        if given.minor <= 0 or given > disputed:
            existing = await repository.summary(session, dispute.id)
            return DisputeRefused("above_invoice", existing=existing)
        refused = above_limit(policy.correction_limits, given, authority.tier)
        return refused or await _uphold(session, dispute, given, authority, now, policy)

    request = {
        "do": "uphold_dispute",
        "account": account_id,
        "dispute": number,
        "amount": amount and str(amount),
    }
    return await once(
        session, key, request, _UPHELD, lambda: _unanswered(session, account_id, number, work)
    )


async def _unanswered(
    session: AsyncSession,
    account_id: UUID,
    number: str,
    work: Callable[[Dispute], Awaitable[Answer]],
) -> Answer | DisputeRefused:
    """Does the work on a dispute that is not answered yet, under the account's lock."""
    await lock_account(session, account_id)
    dispute = await repository.lock(session, account_id, number)
    if dispute is None:
        raise NotFound("dispute", number)
    if dispute.state not in rules.UNANSWERED:
        existing = await repository.summary(session, dispute.id)
        return DisputeRefused("answered", existing=existing)
    return await work(dispute)


async def _uphold(
    session: AsyncSession,
    dispute: Dispute,
    given: Money,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> DisputeUpheld | DisputeRefused:
    invoice = await invoices.by_id(session, dispute.invoice_id)
    assert invoice is not None
    before = await credits_on(session, invoice.invoice_id)
    if given > left_of_invoice(invoice, before):
        existing = await repository.summary(session, dispute.id)
        return DisputeRefused("above_invoice", existing=existing)
    lines = await repository.line_ids(session, dispute.id)
    credited = await credit_notes.issue(
        session,
        invoice,
        _credit_lines(invoice, lines, given, before),
        reason="error",
        actor=authority.name,
        now=now,
        policy=policy,
        finding_id=await _finding(session, dispute, lines, now, policy),
    )
    dispute.credited_minor = given.minor
    dispute.credit_note_number = credited.number
    _answered(dispute, now, policy)
    summary = await _change(session, dispute, "upheld", credited.number, authority, now)
    return DisputeUpheld(summary, credited.number, credited.new_total, credited.balance_due)


def _credit_lines(
    invoice: InvoiceView, line_ids: set[UUID], given: Money, before: Sequence[CreditLine]
) -> tuple[CreditLine, ...]:
    """The disputed lines as they are when all of them is given back and nothing was before, else
    a share at their tax rates, or at the invoice's when too little is left at theirs."""
    disputed = tuple(line for line in invoice.lines if line.line_id in line_ids)
    if disputed and not before and total(line.gross for line in disputed) == given:
        return tuple(
            CreditLine(line.line_id, line.description, line.net, line.tax, line.tax_rate_bp)
            for line in disputed
        )
    words, rates = standing("dispute_upheld"), {line.tax_rate_bp for line in disputed}
    lines = tuple(line for line in invoice.lines if line.tax_rate_bp in rates)
    there = replace(
        invoice, lines=lines, total=total((line.gross for line in lines), given.currency)
    )
    before_there = [each for each in before if each.tax_rate_bp in rates]
    if given <= left_of_invoice(there, before_there):
        return spread(there, given, words, before_there)
    return spread(invoice, given, words, before)


async def _finding(
    session: AsyncSession, dispute: Dispute, line_ids: set[UUID], now: datetime, policy: Policy
) -> str | None:
    """The proven error that this answer puts right too, so that it is not credited once more."""
    today = business_date(now, policy.zone)
    for finding in await review(session, dispute.account_id, today=today, policy=policy):
        if finding.line_ids and set(finding.line_ids) <= line_ids:
            return finding.finding_id
    return None


def _answered(dispute: Dispute, now: datetime, policy: Policy) -> None:
    today = business_date(now, policy.zone)
    dispute.answered_on = today
    dispute.due_again_on = rules.due_again_on(
        Money(dispute.amount_minor, dispute.currency),
        Money(dispute.credited_minor, dispute.currency),
        today,
        policy,
    )


async def _change(
    session: AsyncSession,
    dispute: Dispute,
    state: str,
    note: str,
    authority: Authority,
    now: datetime,
) -> DisputeSummary:
    dispute.state = state
    await repository.add_event(session, dispute, by=authority.name, now=now, note=note)
    await audit_change(session, dispute, state, authority, now)
    found = await repository.summary(session, dispute.id)
    if authority.tier is not Tier.ASSISTANT:
        await telling.tell(session, dispute, found, now=now)
    return found
