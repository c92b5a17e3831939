"""Which queries find whose money it is, and list what nobody knows?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account, Customer
from billing_backend.invoices.models import Invoice
from billing_backend.payments.models import Payment, Refund
from billing_backend.payments.repository import refunded
from billing_backend.statements.facts import Named
from billing_backend.statements.rules import customer_numbers, invoice_numbers


async def invoices_named(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Named]:
    rows = await session.execute(
        select(Invoice.number, Invoice.account_id, Invoice.currency, Invoice.id).where(
            Invoice.number.in_(numbers)
        )
    )
    return {row.number: Named(row.account_id, row.currency, row.id) for row in rows}


async def customers_named(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Named]:
    """Customers with one account: with several, the number does not say which."""
    accounts = func.array_agg(Account.id)
    rows = await session.execute(
        select(Customer.number, accounts.label("accounts"), func.min(Account.currency))
        .join(Account, Account.customer_id == Customer.id)
        .where(Customer.number.in_(numbers))
        .group_by(Customer.number)
        .having(func.count() == 1)
    )
    return {number: Named(ids[0], currency) for number, ids, currency in rows}


async def accounts_named(session: AsyncSession, notes: Sequence[str]) -> dict[str, frozenset[UUID]]:
    """Whose accounts the numbers in these notes are; a customer's number may mean several."""
    invoices = [number for note in notes for number in invoice_numbers(note)]
    customers = [number for note in notes for number in customer_numbers(note)]
    rows = await session.execute(
        select(Customer.number, func.array_agg(Account.id))
        .join(Account, Account.customer_id == Customer.id)
        .where(Customer.number.in_(customers))
        .group_by(Customer.number)
    )
    named = await invoices_named(session, invoices)
    return {number: frozenset(ids) for number, ids in rows} | {
        number: frozenset({each.account_id}) for number, each in named.items()
    }


async def unmatched(session: AsyncSession) -> Sequence[Payment]:
    """Money on no account, longest waiting first."""
    query = select(Payment).where(
        Payment.account_id.is_(None),
        Payment.reversed_on.is_(None),
        Payment.amount_minor > refunded(Refund.payment_id, Payment),
    )
    return (await session.scalars(query.order_by(Payment.received_on, Payment.reference))).all()
