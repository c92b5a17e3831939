"""Which queries keep and read disputes, and what may not be asked for while they run?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import DisputeSummary
from billing_backend.customers.models import Account, Customer
from billing_backend.disputes.models import Dispute, DisputeEvent, DisputeLine
from billing_backend.disputes.rules import Before
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.money import Money


async def add(session: AsyncSession, dispute: Dispute, line_ids: Sequence[UUID]) -> None:
    session.add(dispute)
    await session.flush()
    session.add_all(
        DisputeLine(dispute_id=dispute.id, invoice_line_id=line_id) for line_id in line_ids
    )
    await session.flush()


async def add_event(
    session: AsyncSession, dispute: Dispute, *, by: str, now: datetime, note: str = ""
) -> None:
    """The state that the dispute has now; the caller holds its row."""
    before = await session.scalar(
        select(func.count()).select_from(DisputeEvent).where(DisputeEvent.dispute_id == dispute.id)
    )
    session.add(
        DisputeEvent(
            dispute_id=dispute.id,
            position=(before or 0) + 1,
            at=now,
            by=by,
            state=dispute.state,
            note=note,
        )
    )
    await session.flush()


async def of_account(session: AsyncSession, account_id: UUID) -> list[DisputeSummary]:
    """Newest first."""
    return [each.summary for each in await _read(session, Dispute.account_id == account_id)]


async def of_invoice(session: AsyncSession, invoice_id: UUID) -> list[Before]:
    return await _read(session, Dispute.invoice_id == invoice_id)


async def lock(session: AsyncSession, account_id: UUID, number: str) -> Dispute | None:
    """The account's dispute with this number, for whoever is about to change it."""
    return await session.scalar(
        select(Dispute)
        .where(Dispute.account_id == account_id, Dispute.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def summary(session: AsyncSession, dispute_id: UUID) -> DisputeSummary:
    [found] = await _read(session, Dispute.id == dispute_id)
    return found.summary


async def line_ids(session: AsyncSession, dispute_id: UUID) -> set[UUID]:
    query = select(DisputeLine.invoice_line_id).where(DisputeLine.dispute_id == dispute_id)
    return set(await session.scalars(query))


async def events(session: AsyncSession, account_id: UUID, number: str) -> Sequence[DisputeEvent]:
    """What happened to a dispute, oldest first; none when the account has no such dispute."""
    query = (
        select(DisputeEvent)
        .join(Dispute, Dispute.id == DisputeEvent.dispute_id)
        .where(Dispute.account_id == account_id, Dispute.number == number)
        .order_by(DisputeEvent.position)
    )
    return (await session.scalars(query)).all()


async def unanswered(session: AsyncSession) -> Sequence[Row[Dispute, str, str]]:
    """With the customer's and the invoice's number, the one to be answered first in front."""
    query = (
        select(Dispute, Customer.number, Invoice.number)
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(Account, Account.id == Dispute.account_id)
        .join(Customer, Customer.id == Account.customer_id)
        .where(Dispute.answered_on.is_(None))
        .order_by(Dispute.answer_by, Dispute.number)
    )
    return (await session.execute(query)).all()


def holding(today: date) -> ColumnElement[bool]:
    """Disputes that keep their amount from being asked for: unanswered, or in the fresh days."""
    return or_(Dispute.answered_on.is_(None), Dispute.due_again_on >= today)


def held(today: date) -> ScalarSelect[int]:
    """What may not be asked for of the Invoice of the query around it, in minor units."""
    return (
        select(func.coalesce(func.sum(Dispute.amount_minor - Dispute.credited_minor), 0))
        .where(Dispute.invoice_id == Invoice.id, holding(today))
        .correlate(Invoice)
        .scalar_subquery()
    )


def held_invoices(today: date) -> Select[UUID]:
    """Ids of the invoices of which any part may not be asked for."""
    return select(Dispute.invoice_id).where(holding(today))


async def _read(session: AsyncSession, condition: ColumnElement[bool]) -> list[Before]:
    rows = (
        await session.execute(
            select(Dispute, Invoice.number)
            .join(Invoice, Invoice.id == Dispute.invoice_id)
            .where(condition)
            .order_by(Dispute.opened_on.desc(), Dispute.number.desc())
        )
    ).all()
    lines = await _lines(session, [dispute.id for dispute, _ in rows])
    return [
        Before(
            summary=_summary(dispute, number, [line.description for line in lines[dispute.id]]),
            line_ids=frozenset(line.id for line in lines[dispute.id]),
        )
        for dispute, number in rows
    ]


async def _lines(
    session: AsyncSession, dispute_ids: Sequence[UUID]
) -> dict[UUID, list[InvoiceLine]]:
    found: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    query = (
        select(DisputeLine.dispute_id, InvoiceLine)
        .join(InvoiceLine, InvoiceLine.id == DisputeLine.invoice_line_id)
        .where(DisputeLine.dispute_id.in_(dispute_ids))
        .order_by(InvoiceLine.position)
    )
    for dispute_id, line in await session.execute(query):
        found[dispute_id].append(line)
    return found


def _summary(
    dispute: Dispute, invoice_number: str, names: Sequence[dict[str, str]]
) -> DisputeSummary:
    return DisputeSummary(
        dispute_id=dispute.id,
        number=dispute.number,
        invoice_number=invoice_number,
        amount=Money(dispute.amount_minor, dispute.currency),
        reason=dispute.reason,
        words=dispute.words,
        state=dispute.state,
        opened_on=dispute.opened_on,
        answer_by=dispute.answer_by,
        lines=tuple(names),
        answered_on=dispute.answered_on,
        answer=dispute.answer,
        credited=Money(dispute.credited_minor, dispute.currency),
    )
