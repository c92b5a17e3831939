"""Which queries keep and read arrangements, and what is owed on their invoices?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.invoices.models import Invoice
from billing_backend.money import Money
from billing_backend.payments.repository import outstanding
from billing_backend.plans.models import Arrangement, ArrangementInvoice
from billing_backend.plans.rules import OpenInvoice


@dataclass(frozen=True, slots=True)
class OpenRow:
    invoice_id: UUID
    invoice: OpenInvoice


async def open_invoices(session: AsyncSession, account_id: UUID) -> list[OpenRow]:
    """The account's invoices that are not paid in full, oldest first."""
    rows = await session.execute(
        select(Invoice.id, Invoice.number, Invoice.due_on, outstanding(), Invoice.currency)
        .where(Invoice.account_id == account_id, outstanding() > 0)
        .order_by(Invoice.due_on, Invoice.number)
    )
    return [
        OpenRow(invoice_id, OpenInvoice(number, due_on, Money(int(owed_minor), currency)))
        for invoice_id, number, due_on, owed_minor, currency in rows
    ]


async def add(session: AsyncSession, arrangement: Arrangement, covered: Sequence[OpenRow]) -> None:
    session.add(arrangement)
    await session.flush()
    session.add_all(
        ArrangementInvoice(
            arrangement_id=arrangement.id,
            invoice_id=row.invoice_id,
            amount_minor=row.invoice.outstanding.minor,
        )
        for row in covered
    )
    await session.flush()


async def of_account(session: AsyncSession, account_id: UUID) -> list[tuple[Arrangement, Money]]:
    """Every arrangement with what is still owed on its invoices, newest first."""
    rows = await session.execute(
        select(Arrangement, func.sum(outstanding()))
        .join(ArrangementInvoice, ArrangementInvoice.arrangement_id == Arrangement.id)
        .join(Invoice, Invoice.id == ArrangementInvoice.invoice_id)
        .where(Arrangement.account_id == account_id)
        .group_by(Arrangement.id)
        .order_by(Arrangement.made_at.desc(), Arrangement.id)
    )
    return [(row, Money(int(owed_minor), row.currency)) for row, owed_minor in rows]


async def mark_broken(session: AsyncSession, today: date) -> list[tuple[UUID, UUID]]:
    """Marks what was not paid in time; answers (arrangement, account) of the new ones."""
    unpaid = (
        select(ArrangementInvoice.arrangement_id)
        .join(Invoice, Invoice.id == ArrangementInvoice.invoice_id)
        .where(ArrangementInvoice.arrangement_id == Arrangement.id, outstanding() > 0)
        .correlate(Arrangement)
    )
    rows = await session.execute(
        update(Arrangement)
        .where(
            Arrangement.pay_by < today,
            Arrangement.broken_on.is_(None),
            unpaid.exists(),
        )
        .values(broken_on=today)
        .returning(Arrangement.id, Arrangement.account_id)
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
