"""Which queries say what was credited before, by whom, and how much of it for which reason?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import AlreadyCorrected, CreditedBefore
from billing_backend.corrections.facts import CreditLine, EarlierCredit
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class CreditedSum:
    """What was credited in one month for one reason; amounts in minor units."""

    month: date
    reason: str
    currency: str
    notes: int
    net: int
    tax: int

    @property
    def total(self) -> int:
        return self.net + self.tax


async def credits_on(session: AsyncSession, invoice_id: UUID) -> list[CreditLine]:
    """The lines of all credit notes on an invoice."""
    found = await earlier_credits(session, [invoice_id])
    return [each.line for each in found.get(invoice_id, ())]


async def earlier_credits(
    session: AsyncSession, invoice_ids: Sequence[UUID]
) -> dict[UUID, list[EarlierCredit]]:
    """The lines of all credit notes, by invoice, oldest first."""
    query = (
        select(CreditNote, CreditNoteLine)
        .join(CreditNoteLine, CreditNoteLine.credit_note_id == CreditNote.id)
        .where(CreditNote.invoice_id.in_(invoice_ids))
        .order_by(CreditNote.year, CreditNote.serial, CreditNoteLine.id)
    )
    found: dict[UUID, list[EarlierCredit]] = {}
    for note, line in await session.execute(query):
        found.setdefault(note.invoice_id, []).append(
            EarlierCredit(
                number=note.number,
                reason=note.reason,
                finding_id=note.finding_id,
                issued_on=note.issued_on,
                line=_line(line, note.currency),
            )
        )
    return found


async def last_credit(session: AsyncSession, invoice_id: UUID) -> CreditedBefore | None:
    """The newest credit note on an invoice."""
    query = (
        select(CreditNote)
        .where(CreditNote.invoice_id == invoice_id)
        .order_by(CreditNote.year.desc(), CreditNote.serial.desc())
        .limit(1)
    )
    note = await session.scalar(query)
    if note is None:
        return None
    return CreditedBefore(
        by=note.issued_by,
        on=note.issued_on,
        number=note.number,
        amount=Money(note.total_minor, note.currency),
        reason=note.reason,
    )


async def who_corrected(
    session: AsyncSession, account_id: UUID, finding_id: str
) -> AlreadyCorrected | None:
    """Who put a finding right and how, from the audit log; None when nobody did."""
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.subject == f"account:{account_id}",
            AuditEntry.action.in_(("credit_note.issued", "payment.allocated")),
            AuditEntry.details["finding"].astext == finding_id,
        )
        .order_by(AuditEntry.at.desc())
        .limit(1)
    )
    entry = await session.scalar(query)
    if entry is None:
        return None
    return AlreadyCorrected(
        by=entry.actor,
        at=entry.at,
        credit_note_number=entry.details.get("credit_note"),
        amount=Money(entry.details["minor"], entry.details["currency"]),
        invoice_number=entry.details["invoice"],
    )


async def credited_sums(session: AsyncSession, since: date, until: date) -> list[CreditedSum]:
    """By month of issue and reason; both days included."""
    month = func.date_trunc("month", CreditNote.issued_on)
    query = (
        select(
            month,
            CreditNote.reason,
            CreditNote.currency,
            func.count(),
            func.sum(CreditNote.net_minor),
            func.sum(CreditNote.tax_minor),
        )
        .where(CreditNote.issued_on.between(since, until))
        .group_by(month, CreditNote.reason, CreditNote.currency)
        .order_by(month, CreditNote.reason, CreditNote.currency)
    )
    return [
        CreditedSum(first.date(), reason, currency, notes, int(net), int(tax))
        for first, reason, currency, notes, net, tax in await session.execute(query)
    ]


def _line(line: CreditNoteLine, currency: str) -> CreditLine:
    return CreditLine(
        invoice_line_id=line.invoice_line_id,
        description=line.description,
        net=Money(line.net_minor, currency),
        tax=Money(line.tax_minor, currency),
        tax_rate_bp=line.tax_rate_bp,
    )
