"""How is a dispute opened, and which are there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.clock import business_date
from billing_backend.contract import (
    Authority,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    Finding,
    Tier,
)
from billing_backend.corrections import service as corrections
from billing_backend.corrections.credit_repository import credits_on
from billing_backend.customers.repository import lock_account
from billing_backend.disputes import repository, rules, telling
from billing_backend.disputes.models import Dispute
from billing_backend.disputes.rules import Disputable
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.numbering import take_numbers
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money, total
from billing_backend.policy import Policy

_OPENED: TypeAdapter[DisputeOpened | DisputeRefused] = TypeAdapter(DisputeOpened | DisputeRefused)
_EVIDENCE: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer disputes: these lines (none: the invoice as a whole), so much of them
    (None: all), the code of the reason and the customer's own words."""

    line_ids: tuple[UUID, ...]
    amount: Money | None
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Due:
    """A dispute that waits for its answer, for the list of who answers."""

    number: str
    customer_number: str
    invoice_number: str
    amount: Money
    reason: str
    state: str
    answer_by: date


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    by: str
    state: str
    note: str


async def open_dispute(
    session: AsyncSession,
    account_id: UUID,
    invoice_number: str,
    wanted: Wanted,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> DisputeOpened | DisputeRefused:
    """Opens it once per key. NotFound for an invoice or a line that is not this account's."""

    async def work() -> DisputeOpened | DisputeRefused:
        await lock_account(session, account_id)
        invoice = await invoices.by_number(session, invoice_number)
        if invoice is None or invoice.account_id != account_id:
            raise NotFound("invoice", invoice_number)
        return await _open(session, invoice, wanted, authority, now, policy)

    request = {
        "do": "open_dispute",
        "account": account_id,
        "invoice": invoice_number,
        "lines": sorted(map(str, wanted.line_ids)),
        "amount": wanted.amount and str(wanted.amount),
    }
    return await once(session, key, request, _OPENED, work)


async def list_disputes(session: AsyncSession, account_id: UUID) -> list[DisputeSummary]:
    """Newest first."""
    return await repository.of_account(session, account_id)


async def events(session: AsyncSession, account_id: UUID, number: str) -> list[Event]:
    """What happened to a dispute, oldest first. NotFound when the account has no such one."""
    found = await repository.events(session, account_id, number)
    if not found:
        raise NotFound("dispute", number)
    return [Event(each.at, each.by, each.state, each.note) for each in found]


async def due_for_answer(session: AsyncSession) -> list[Due]:
    """Every unanswered dispute, the one to be answered first in front."""
    return [
        Due(
            number=dispute.number,
            customer_number=customer_number,
            invoice_number=invoice_number,
            amount=Money(dispute.amount_minor, dispute.currency),
            reason=dispute.reason,
            state=dispute.state,
            answer_by=dispute.answer_by,
        )
        for dispute, customer_number, invoice_number in await repository.unanswered(session)
    ]


async def _open(
    session: AsyncSession,
    invoice: InvoiceView,
    wanted: Wanted,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> DisputeOpened | DisputeRefused:
    today = business_date(now, policy.zone)
    lines = {line.line_id: line.gross for line in invoice.lines}
    for line_id in wanted.line_ids:
        if line_id not in lines:
            raise NotFound("invoice line", line_id)
    given = await credits_on(session, invoice.invoice_id)
    credited = total((each.gross for each in given), invoice.total.currency)
    amount = rules.may_open(
        Disputable(invoice.issued_on, invoice.total, credited, invoice.total - invoice.paid, lines),
        wanted.line_ids,
        wanted.amount,
        await repository.of_invoice(session, invoice.invoice_id),
        today,
        policy,
    )
    if isinstance(amount, DisputeRefused):
        return amount
    dispute = await _new(session, invoice, wanted, amount, today, policy)
    await repository.add(session, dispute, wanted.line_ids)
    await repository.add_event(session, dispute, by=authority.name, now=now)
    await audit_change(session, dispute, "opened", authority, now)
    found = await repository.summary(session, dispute.id)
    if authority.tier is not Tier.ASSISTANT:
        await telling.tell(session, dispute, found, now=now)  # the assistant says it itself
    return DisputeOpened(found, paid=invoice.paid >= invoice.total)


async def _new(
    session: AsyncSession,
    invoice: InvoiceView,
    wanted: Wanted,
    amount: Money,
    today: date,
    policy: Policy,
) -> Dispute:
    findings = await corrections.review(session, invoice.account_id, today=today, policy=policy)
    evidence = {"findings": _evidence(findings, invoice), "reviewed_on": today.isoformat()}
    [number] = await take_numbers(session, policy.dispute_series, today.year, 1)
    return Dispute(
        id=uuid4(),
        number=str(number),
        account_id=invoice.account_id,
        invoice_id=invoice.invoice_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=wanted.reason,
        words=wanted.words,
        evidence=evidence,
        state="open",
        opened_on=today,
        answer_by=rules.answer_by(today, policy),
    )


def _evidence(findings: Sequence[Finding], invoice: InvoiceView) -> list[dict[str, Any]]:
    """What the account review says of this invoice, in JSON values."""
    about = [asdict(each) for each in findings if each.invoice_id == invoice.invoice_id]
    kept: list[dict[str, Any]] = _EVIDENCE.dump_python(about, mode="json")
    return kept


async def audit_change(
    session: AsyncSession, dispute: Dispute, what: str, authority: Authority, now: datetime
) -> None:
    """What changed, without the customer's own words."""
    await audit.record(
        session,
        actor=authority.name,
        action=f"dispute.{what}",
        subject=f"account:{dispute.account_id}",
        details={
            "dispute": dispute.number,
            "minor": dispute.amount_minor,
            "credited_minor": dispute.credited_minor,
            "currency": dispute.currency,
            "reason": dispute.reason,
            "credit_note": dispute.credit_note_number,
        },
        now=now,
    )
