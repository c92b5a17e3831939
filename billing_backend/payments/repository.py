"""Which queries read and store payments, and what they paid?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from billing_backend.bulk import copy_rows
from billing_backend.corrections.models import CreditNote
from billing_backend.db import Base
from billing_backend.invoices.models import Invoice
from billing_backend.payments.models import Allocation, Payment, Refund, note_words
from billing_backend.payments.rules import OpenInvoice


@dataclass(frozen=True, slots=True)
class Unused:
    """What is left of a payment or credit note; amounts in minor units."""

    account_id: UUID
    payment_id: UUID | None
    credit_note_id: UUID | None
    document: str  # the payment's reference or the credit note's number
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment paid of an invoice, in minor units."""

    invoice_id: UUID
    from_credit: bool
    minor: int


def outstanding() -> ColumnElement[int]:
    """What is left to pay of the Invoice of the query around it."""
    allocated = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    return Invoice.total_minor - allocated


def refunded(source: InstrumentedAttribute[UUID | None], of: type[Base]) -> ColumnElement[int]:
    """What went back, or is to go back, of the payment or credit note of the query around it."""
    return (
        select(func.coalesce(func.sum(Refund.amount_minor), 0))
        .where(source == of.__table__.c.id, Refund.state != "failed")
        .correlate(of)
        .scalar_subquery()
    )


async def open_invoices(
    session: AsyncSession, account_ids: Sequence[UUID]
) -> dict[UUID, list[OpenInvoice]]:
    """By account, oldest first."""
    found: dict[UUID, list[OpenInvoice]] = defaultdict(list)
    for row in await session.execute(_open_invoices(), {"accounts": account_ids}):
        found[row.account_id].append(
            OpenInvoice(
                row.id, row.number, row.issued_on, row.due_on, int(row.outstanding), row.currency
            )
        )
    return found


async def unused(session: AsyncSession, account_ids: Sequence[UUID]) -> list[Unused]:
    """Payments and credit notes of these accounts of which something is left, oldest first."""
    return await _unused_payments(session, account_ids) + await _unused_credit_notes(
        session, account_ids
    )


async def known_references(session: AsyncSession, references: Sequence[str]) -> set[str]:
    query = select(Payment.reference).where(Payment.reference.in_(references))
    return set(await session.scalars(query))


async def give(session: AsyncSession, payment_id: UUID, account_id: UUID) -> Payment | None:
    """Puts a payment on an account where it is still on none; None when somebody was faster."""
    taken = await session.scalars(
        update(Payment)
        .where(
            Payment.id == payment_id,
            Payment.account_id.is_(None),
            Payment.reversed_on.is_(None),
            Payment.amount_minor > refunded(Refund.payment_id, Payment),
        )
        .values(account_id=account_id)
        .returning(Payment)
    )
    return taken.first()


async def by_reference(
    session: AsyncSession, reference: str, *, lock: bool = False
) -> Payment | None:
    """With `lock` nobody else gives it to an account or reverses it meanwhile."""
    query = select(Payment).where(Payment.reference == reference)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def by_id(session: AsyncSession, payment_id: UUID, *, lock: bool = False) -> Payment | None:
    """With `lock` nobody else moves or reverses it meanwhile."""
    query = select(Payment).where(Payment.id == payment_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def naming(session: AsyncSession, numbers: Sequence[str]) -> list[Payment]:
    """Payments that did come and did not go back, whose payer wrote one of these numbers as it
    is printed."""
    query = (
        select(Payment)
        .where(
            Payment.reversed_on.is_(None),
            refunded(Refund.payment_id, Payment) == 0,
            note_words().op("&&")(cast(array(numbers), ARRAY(Text))),
        )
        .order_by(Payment.received_on, Payment.reference)
    )
    return list(await session.scalars(query))


async def paid_by(session: AsyncSession, payment_id: UUID) -> list[Paid]:
    rows = await session.execute(
        select(Allocation.invoice_id, Allocation.from_credit, func.sum(Allocation.amount_minor))
        .where(Allocation.payment_id == payment_id)
        .group_by(Allocation.invoice_id, Allocation.from_credit)
    )
    return [Paid(invoice_id, from_credit, int(minor)) for invoice_id, from_credit, minor in rows]


async def of_account(
    session: AsyncSession,
    account_id: UUID,
    *,
    limit: int,
    after: tuple[date, str] | None = None,
) -> list[Payment]:
    """Newest first; those that come after this day and reference in that order."""
    query = (
        select(Payment)
        .where(Payment.account_id == account_id)
        .order_by(Payment.received_on.desc(), Payment.reference.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(Payment.received_on, Payment.reference) < after)
    return list(await session.scalars(query))


async def add_payments(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await copy_rows(session, Payment, rows)


async def add_allocations(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    await copy_rows(session, Allocation, rows)


# Every balance asks these three: built once, which is much of what asking them costs.


@cache
def _open_invoices() -> Select[UUID, UUID, str, date, date, str, int]:
    left = outstanding()
    return (
        select(
            Invoice.account_id,
            Invoice.id,
            Invoice.number,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.currency,
            left.label("outstanding"),
        )
        .where(Invoice.account_id.in_(_accounts()), left > 0)
        .order_by(Invoice.due_on, Invoice.number)
    )


@cache
def _payments_left() -> Select[UUID | None, UUID, str, int, str]:
    used = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    left = Payment.amount_minor - used - refunded(Refund.payment_id, Payment)
    return (
        select(Payment.account_id, Payment.id, Payment.reference, left, Payment.currency)
        .where(Payment.account_id.in_(_accounts()), Payment.reversed_on.is_(None), left > 0)
        .order_by(Payment.received_on, Payment.reference)
    )


@cache
def _credit_notes_left() -> Select[UUID, UUID, str, int, str]:
    used = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .where(Allocation.credit_note_id == CreditNote.id)
        .correlate(CreditNote)
        .scalar_subquery()
    )
    left = CreditNote.total_minor - used - refunded(Refund.credit_note_id, CreditNote)
    return (
        select(CreditNote.account_id, CreditNote.id, CreditNote.number, left, CreditNote.currency)
        .where(CreditNote.account_id.in_(_accounts()), left > 0)
        .order_by(CreditNote.issued_on, CreditNote.number)
    )


def _accounts() -> BindParameter[Sequence[UUID]]:
    return bindparam("accounts", expanding=True)


async def _unused_payments(session: AsyncSession, account_ids: Sequence[UUID]) -> list[Unused]:
    rows = (await session.execute(_payments_left(), {"accounts": account_ids})).all()
    return [
        Unused(account_id, payment_id, None, reference, int(minor), currency)
        for account_id, payment_id, reference, minor, currency in rows
        if account_id is not None
    ]


async def _unused_credit_notes(session: AsyncSession, account_ids: Sequence[UUID]) -> list[Unused]:
    rows = await session.execute(_credit_notes_left(), {"accounts": account_ids})
    return [
        Unused(account_id, None, note_id, number, int(minor), currency)
        for account_id, note_id, number, minor, currency in rows
    ]
