"""Which queries read issued invoices and the agreements behind their lines?"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import CreditedBefore
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.corrections.reasons import CHARGED_WRONGLY
from billing_backend.customers.models import AgreedPromotion, ServiceOrder, Subscription
from billing_backend.invoices.explaining import Agreement
from billing_backend.invoices.models import Charge, Invoice, InvoiceLine
from billing_backend.invoices.periods import Period
from billing_backend.invoices.run_repository import dated_prices
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.invoices.wrong_charges import WrongCharge
from billing_backend.money import Money
from billing_backend.payments.models import Allocation


async def newest(
    session: AsyncSession, account_id: UUID, *, before: date | None = None, limit: int = 12
) -> list[InvoiceView]:
    """An account's invoices, newest first; with `before`, those of periods begun before it."""
    conditions: list[ColumnElement[bool]] = [Invoice.account_id == account_id]
    if before is not None:
        conditions.append(Invoice.period_start < before)
    return await _views(session, conditions, limit)


async def issued_between(
    session: AsyncSession, account_id: UUID, start: date, end: date
) -> list[InvoiceView]:
    """Newest first; both days included."""
    return await _views(
        session, [Invoice.account_id == account_id, Invoice.issued_on.between(start, end)], 12
    )


async def by_number(session: AsyncSession, number: str) -> InvoiceView | None:
    found = await _views(session, [Invoice.number == number], 1)
    return found[0] if found else None


async def by_id(session: AsyncSession, invoice_id: UUID) -> InvoiceView | None:
    found = await _views(session, [Invoice.id == invoice_id], 1)
    return found[0] if found else None


async def agreements(
    session: AsyncSession, subscription_ids: Sequence[UUID]
) -> dict[UUID, Agreement]:
    """What was agreed, by subscription: days, who ordered, prices."""
    query = (
        select(Subscription, ServiceOrder)
        .outerjoin(ServiceOrder, ServiceOrder.id == Subscription.start_order_id)
        .where(Subscription.id.in_(subscription_ids))
    )
    rows = (await session.execute(query)).all()
    prices = await dated_prices(session) if rows else {}
    return {
        subscription.id: Agreement(
            starts_on=subscription.starts_on,
            ends_on=subscription.ends_on,
            ordered_by=order.ordered_by if order is not None else None,
            prices=prices.get(subscription.product_code, ()),
        )
        for subscription, order in rows
    }


async def promotion_ends(session: AsyncSession, promotion_ids: Sequence[UUID]) -> dict[UUID, date]:
    """The last day of each agreed promotion."""
    query = select(AgreedPromotion.id, AgreedPromotion.ends_on).where(
        AgreedPromotion.id.in_(promotion_ids)
    )
    return {row.id: row.ends_on for row in await session.execute(query)}


async def late_for(session: AsyncSession, charge_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The number of the invoice that was paid late, by late fee."""
    query = (
        select(Charge.id, Invoice.number)
        .join(Invoice, Invoice.id == Charge.late_for_invoice_id)
        .where(Charge.id.in_(charge_ids))
    )
    return {row.id: row.number for row in await session.execute(query)}


async def wrong_charges(
    session: AsyncSession, invoice_ids: Sequence[UUID]
) -> dict[UUID, WrongCharge]:
    """By invoice line: what credit notes for errors of ours have given back of it."""
    query = (
        select(CreditNote, CreditNoteLine)
        .join(CreditNoteLine, CreditNoteLine.credit_note_id == CreditNote.id)
        .where(
            CreditNote.invoice_id.in_(invoice_ids),
            CreditNoteLine.invoice_line_id.is_not(None),
            CreditNote.reason.in_(CHARGED_WRONGLY),
        )
        .order_by(CreditNote.year, CreditNote.serial)
    )
    found: dict[UUID, WrongCharge] = {}
    for note, line in await session.execute(query):
        assert line.invoice_line_id is not None
        net, tax = Money(line.net_minor, note.currency), Money(line.tax_minor, note.currency)
        if before := found.get(line.invoice_line_id):
            net, tax = net + before.net, tax + before.tax
        found[line.invoice_line_id] = WrongCharge(note.number, note.issued_on, net, tax)
    return found


async def credits_on(session: AsyncSession, invoice_id: UUID) -> tuple[CreditedBefore, ...]:
    """The credit notes on an invoice, oldest first."""
    query = (
        select(CreditNote)
        .where(CreditNote.invoice_id == invoice_id)
        .order_by(CreditNote.year, CreditNote.serial)
    )
    return tuple(
        CreditedBefore(
            by=note.issued_by,
            on=note.issued_on,
            number=note.number,
            amount=Money(note.total_minor, note.currency),
            reason=note.reason,
        )
        for note in await session.scalars(query)
    )


async def _views(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[InvoiceView]:
    paid = select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(
        Allocation.invoice_id == Invoice.id
    )
    query = (
        select(
            Invoice,
            paid.correlate(Invoice).scalar_subquery(),
            paid.where(Allocation.from_credit).correlate(Invoice).scalar_subquery(),
        )
        .where(*conditions)
        .order_by(Invoice.period_start.desc())
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    lines = await _lines(session, [invoice.id for invoice, *_ in rows])
    return [
        _view(invoice, int(paid_minor), int(credit_minor), lines[invoice.id])
        for invoice, paid_minor, credit_minor in rows
    ]


async def _lines(
    session: AsyncSession, invoice_ids: Sequence[UUID]
) -> dict[UUID, list[InvoiceLine]]:
    found: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    query = (
        select(InvoiceLine)
        .where(InvoiceLine.invoice_id.in_(invoice_ids))
        .order_by(InvoiceLine.position)
    )
    for line in await session.scalars(query):
        found[line.invoice_id].append(line)
    return found


def _view(
    invoice: Invoice, paid_minor: int, credit_minor: int, lines: Sequence[InvoiceLine]
) -> InvoiceView:
    currency = invoice.currency
    return InvoiceView(
        invoice_id=invoice.id,
        account_id=invoice.account_id,
        number=invoice.number,
        period=Period(invoice.period_start, invoice.period_end),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=Money(invoice.net_minor, currency),
        tax=Money(invoice.tax_minor, currency),
        total=Money(invoice.total_minor, currency),
        paid=Money(paid_minor, currency),
        credit_used=Money(credit_minor, currency),
        lines=tuple(_line_view(line, currency) for line in lines),
    )


def _line_view(line: InvoiceLine, currency: str) -> LineView:
    return LineView(
        line_id=line.id,
        kind=line.kind,
        description=line.description,
        quantity=line.quantity,
        net=Money(line.net_minor, currency),
        tax=Money(line.tax_minor, currency),
        tax_rate_bp=line.tax_rate_bp,
        period=Period(line.period_start, line.period_end),
        product_code=line.product_code,
        subscription_id=line.subscription_id,
        promotion_id=line.promotion_id,
        grant_id=line.grant_id,
        charge_id=line.charge_id,
    )
