"""Which queries say what stands on a document?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Product
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.customers.models import Account, Customer
from billing_backend.documents.models import BillingDetails
from billing_backend.documents.rules import PIECE, CreditNoteView, Settled
from billing_backend.documents.values import Address, Buyer, DocumentLine, Reference
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money
from billing_backend.payments.models import Allocation


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    """A credit note and whose it is."""

    account_id: UUID
    view: CreditNoteView


async def invoice_id(session: AsyncSession, number: str) -> UUID | None:
    return await session.scalar(select(Invoice.id).where(Invoice.number == number))


async def buyer(session: AsyncSession, account_id: UUID, day: date) -> tuple[Buyer, str]:
    """To whom documents of that day are made out, and the customer's language.

    Details that were told later than the day serve for days before the first ones. Without any,
    a business customer's company, else the person.
    """
    customer = (
        await session.scalars(
            select(Customer)
            .join(Account, Account.customer_id == Customer.id)
            .where(Account.id == account_id)
        )
    ).one()
    details = await session.scalar(
        select(BillingDetails)
        .where(BillingDetails.account_id == account_id)
        .order_by(
            (BillingDetails.valid_from <= day).desc(),
            case((BillingDetails.valid_from <= day, BillingDetails.valid_from)).desc(),
            BillingDetails.valid_from,
        )
        .limit(1)
    )
    if details is None:
        name = customer.company_name or customer.name
        return Buyer(name, customer.number, tax_id=customer.tax_id), customer.language
    return _made_out_to(details, customer.number), customer.language


async def settled(session: AsyncSession, invoice: InvoiceView) -> Settled:
    """What credit took off the invoice at its issue, and payments and credit notes since."""
    rows = (
        await session.execute(
            select(CreditNote.number, func.sum(Allocation.amount_minor))
            .outerjoin(CreditNote, CreditNote.id == Allocation.credit_note_id)
            .select_from(Allocation)
            .where(Allocation.invoice_id == invoice.invoice_id, ~Allocation.from_credit)
            .group_by(CreditNote.number)
            .order_by(CreditNote.number)
        )
    ).all()
    currency = invoice.total.currency
    notes = [(number, int(minor)) for number, minor in rows if number is not None]
    paid = sum(int(minor) for number, minor in rows if number is None)
    return Settled(
        prepaid=await _prepaid(session, invoice),
        paid=Money(paid, currency),
        credited=Money(sum(minor for _, minor in notes), currency),
        credited_by=tuple(number for number, _ in notes),
    )


async def _prepaid(session: AsyncSession, invoice: InvoiceView) -> Money:
    """What an e-invoice that was sent at the issue said: it does not change when that bounces.

    Of invoices from before the moment was kept, all credit that was ever used.
    """
    minor = await session.scalar(
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(
            Invoice.id == invoice.invoice_id,
            Allocation.from_credit,
            Allocation.amount_minor > 0,
            func.coalesce(Invoice.issued_at, Allocation.allocated_at) == Allocation.allocated_at,
        )
    )
    return Money(int(minor or 0), invoice.total.currency)


async def units(session: AsyncSession, invoice: InvoiceView) -> dict[str, str]:
    """What usage on the invoice is counted in, by product code."""
    codes = {line.product_code for line in invoice.lines if line.kind == "usage"}
    if not codes:
        return {}
    query = select(Product.code, Product.unit).where(Product.code.in_(codes))
    return {code: unit or PIECE for code, unit in await session.execute(query)}


async def credit_note(session: AsyncSession, number: str) -> CreditNoteRow | None:
    row = (
        await session.execute(
            select(CreditNote, Invoice.number, Invoice.issued_on)
            .join(Invoice, Invoice.id == CreditNote.invoice_id)
            .where(CreditNote.number == number)
        )
    ).one_or_none()
    if row is None:
        return None
    note, invoice_number, invoice_issued_on = row
    return CreditNoteRow(
        note.account_id,
        CreditNoteView(
            number=note.number,
            issued_on=note.issued_on,
            reason=note.reason,
            net=Money(note.net_minor, note.currency),
            tax=Money(note.tax_minor, note.currency),
            total=Money(note.total_minor, note.currency),
            lines=await _credited_lines(session, note),
            corrects=Reference(invoice_number, invoice_issued_on),
        ),
    )


async def _credited_lines(session: AsyncSession, note: CreditNote) -> tuple[DocumentLine, ...]:
    """In the order of the invoice's lines, so that the document is always the same."""
    rows = await session.execute(
        select(CreditNoteLine, InvoiceLine)
        .outerjoin(InvoiceLine, InvoiceLine.id == CreditNoteLine.invoice_line_id)
        .where(CreditNoteLine.credit_note_id == note.id)
        .order_by(InvoiceLine.position, CreditNoteLine.tax_rate_bp.desc(), CreditNoteLine.id)
    )
    return tuple(
        DocumentLine(
            position=position,
            kind="correction",
            name=line.description,
            quantity=1,
            unit=PIECE,
            net=Money(line.net_minor, note.currency),
            tax=Money(line.tax_minor, note.currency),
            rate_bp=line.tax_rate_bp,
            period=Period(of.period_start, of.period_end) if of is not None else None,
        )
        for position, (line, of) in enumerate(rows, start=1)
    )


def _made_out_to(details: BillingDetails, customer_number: str) -> Buyer:
    return Buyer(
        name=details.name,
        customer_number=customer_number,
        address=Address(
            details.street, details.city, details.county, details.postal_code, details.country
        ),
        tax_id=details.tax_id,
        registration=details.registration,
    )
