"""Which queries keep and read arrangements, and what is owed on their invoices?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Instalment
from billing_backend.disputes.models import Dispute
from billing_backend.disputes.repository import held
from billing_backend.invoices.models import Invoice
from billing_backend.money import Money
from billing_backend.payments.repository import outstanding
from billing_backend.plans.models import Arrangement, ArrangementInvoice, ArrangementPart
from billing_backend.plans.rules import OpenInvoice


@dataclass(frozen=True, slots=True)
class OpenRow:
    invoice_id: UUID
    invoice: OpenInvoice


async def open_invoices(session: AsyncSession, account_id: UUID, today: date) -> list[OpenRow]:
    """The account's invoices that are not paid in full, oldest first, with what may be asked for:
    what is disputed is left out."""
    left = outstanding() - held(today)
    rows = await session.execute(
        select(Invoice.id, Invoice.number, Invoice.due_on, left, Invoice.currency)
        .where(Invoice.account_id == account_id, left > 0)
        .order_by(Invoice.due_on, Invoice.number)
    )
    return [
        OpenRow(invoice_id, OpenInvoice(number, due_on, Money(int(owed_minor), currency)))
        for invoice_id, number, due_on, owed_minor, currency in rows
    ]


async def owes(session: AsyncSession, account_id: UUID) -> bool:
    """Whether anything is open, disputed or not."""
    query = select(Invoice.id).where(Invoice.account_id == account_id, outstanding() > 0).limit(1)
    return await session.scalar(query) is not None


async def add(
    session: AsyncSession,
    arrangement: Arrangement,
    covered: Sequence[OpenRow],
    parts: Sequence[Instalment] = (),
) -> None:
    session.add(arrangement)
    await session.flush()
    session.add_all(
        ArrangementPart(
            arrangement_id=arrangement.id, due_on=part.due_on, amount_minor=part.amount.minor
        )
        for part in parts
    )
    session.add_all(
        ArrangementInvoice(
            arrangement_id=arrangement.id,
            invoice_id=row.invoice_id,
            amount_minor=row.invoice.outstanding.minor,
        )
        for row in covered
    )
    await session.flush()


async def of_account(
    session: AsyncSession, account_id: UUID
) -> list[tuple[Arrangement, Money, tuple[Instalment, ...]]]:
    """Every arrangement with what is still owed on its invoices and its parts, newest first.

    What was disputed of them is followed up by itself, so it breaks nothing.
    """
    rows = (
        await session.execute(
            select(Arrangement, func.sum(_agreed_and_owed()))
            .join(ArrangementInvoice, ArrangementInvoice.arrangement_id == Arrangement.id)
            .join(Invoice, Invoice.id == ArrangementInvoice.invoice_id)
            .where(Arrangement.account_id == account_id)
            .group_by(Arrangement.id)
            .order_by(Arrangement.made_at.desc(), Arrangement.id)
        )
    ).all()
    parts = await _parts(session, [row for row, _ in rows])
    return [(row, Money(int(owed_minor), row.currency), parts[row.id]) for row, owed_minor in rows]


async def mark_broken(session: AsyncSession, today: date) -> list[tuple[UUID, UUID]]:
    """Marks what was not paid in time, whole or a part; answers (arrangement, account) of the
    new ones."""
    owed = (
        select(func.sum(_agreed_and_owed()))
        .select_from(ArrangementInvoice)
        .join(Invoice, Invoice.id == ArrangementInvoice.invoice_id)
        .where(ArrangementInvoice.arrangement_id == Arrangement.id)
        .correlate(Arrangement)
        .scalar_subquery()
    )
    parts_to_come = (
        select(func.sum(ArrangementPart.amount_minor))
        .where(
            ArrangementPart.arrangement_id == Arrangement.id,
            ArrangementPart.due_on >= today,
        )
        .correlate(Arrangement)
        .scalar_subquery()
    )
    may_be_owed = func.coalesce(
        parts_to_come, case((Arrangement.pay_by >= today, Arrangement.amount_minor), else_=0)
    )
    rows = await session.execute(
        update(Arrangement)
        .where(Arrangement.made_on < today, Arrangement.broken_on.is_(None), owed > may_be_owed)
        .values(broken_on=today)
        .returning(Arrangement.id, Arrangement.account_id)
        .execution_options(synchronize_session=False)
    )
    return [(arrangement_id, account_id) for arrangement_id, account_id in rows]


async def falling_due(session: AsyncSession, today: date, until: date) -> list[tuple[UUID, UUID]]:
    """(arrangement, account) of those in force of which something is to be paid after today, by
    `until`."""
    part = select(ArrangementPart.arrangement_id).where(
        ArrangementPart.due_on > today, ArrangementPart.due_on <= until
    )
    whole = (Arrangement.pay_by > today) & (Arrangement.pay_by <= until)
    rows = await session.execute(
        select(Arrangement.id, Arrangement.account_id)
        .where(in_force(today), Arrangement.id.in_(part) | whole)
        .order_by(Arrangement.id)
    )
    return [(arrangement_id, account_id) for arrangement_id, account_id in rows]


def in_force(today: date) -> ColumnElement[bool]:
    """Arrangements that still protect their invoices: neither over nor broken."""
    return (Arrangement.pay_by >= today) & Arrangement.broken_on.is_(None)


def protected_invoices(today: date) -> Select[UUID]:
    """Ids of the invoices that an arrangement in force covers: no late fee falls due on them."""
    return (
        select(ArrangementInvoice.invoice_id)
        .join(Arrangement, Arrangement.id == ArrangementInvoice.arrangement_id)
        .where(in_force(today))
    )


async def accounts_in_force(session: AsyncSession, today: date) -> set[UUID]:
    return set(await session.scalars(select(Arrangement.account_id).where(in_force(today))))


def _agreed_and_owed() -> ColumnElement[int]:
    """What is left to pay of the Invoice of the query around it, without what was disputed when
    its Arrangement was made or has been since."""
    disputed = (
        select(func.coalesce(func.sum(Dispute.amount_minor - Dispute.credited_minor), 0))
        .where(
            Dispute.invoice_id == Invoice.id,
            Dispute.state != "withdrawn",
            or_(
                Dispute.answered_on.is_(None),
                Dispute.due_again_on >= Arrangement.made_on,
            ),
        )
        .correlate(Invoice, Arrangement)
        .scalar_subquery()
    )
    return func.greatest(outstanding() - disputed, 0)


async def _parts(
    session: AsyncSession, arrangements: Sequence[Arrangement]
) -> dict[UUID, tuple[Instalment, ...]]:
    found: dict[UUID, tuple[Instalment, ...]] = {each.id: () for each in arrangements}
    if not found:
        return found  # as for most accounts: one question less
    currencies = {each.id: each.currency for each in arrangements}
    query = (
        select(ArrangementPart)
        .where(ArrangementPart.arrangement_id.in_(currencies))
        .order_by(ArrangementPart.due_on)
    )
    for part in await session.scalars(query):
        key = part.arrangement_id
        found[key] += (Instalment(part.due_on, Money(part.amount_minor, currencies[key])),)
    return found
