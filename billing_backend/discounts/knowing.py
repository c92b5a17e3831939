"""What is known of a customer when a discount is decided on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import customers
from billing_backend.contract import CustomerFacts
from billing_backend.customers.models import Customer, Subscription
from billing_backend.discounts.months import first_of_month, months_between
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money, total
from billing_backend.payments.models import Allocation, Payment
from billing_backend.payments.repository import outstanding
from billing_backend.policy import Policy

_YEAR_OF_INVOICES = 12


@dataclass(frozen=True, slots=True)
class Known:
    """One account on one day. `fee` is the plan's monthly price without tax, promotions taken
    off, as on the newest invoice; `newest` is that invoice."""

    customer: CustomerFacts
    never_held_out: bool
    tenure_months: int
    on_time_of_last_12: int
    arrears: Money
    minimum_term_left_months: int
    fee: Money
    tax_rate_bp: int
    newest: InvoiceView | None

    @property
    def billed_month(self) -> date | None:
        """The month in which the newest billed period begins; None when there is none."""
        return None if self.newest is None else first_of_month(self.newest.period.start)

    def can_credit(self, amount: Money) -> bool:
        """Whether a credit note of this amount only lowers what is to be paid on `newest`."""
        return self.newest is not None and self.newest.total - self.newest.paid >= amount


async def know(session: AsyncSession, account_id: UUID, today: date, policy: Policy) -> Known:
    """Raises NotFound when there is no such account."""
    customer = await customers.customer_of_account(session, account_id, today=today)
    found = await invoices.newest(session, account_id, limit=1)
    newest = found[0] if found else None
    fees = [] if newest is None else _plan_lines(newest)
    return Known(
        customer=customer,
        never_held_out=await _never_held_out(session, customer.customer_id),
        tenure_months=max(months_between(customer.customer_since, today), 0),
        on_time_of_last_12=await _on_time(session, account_id, today),
        arrears=Money(await _arrears(session, account_id, today), policy.currency),
        minimum_term_left_months=await _term_left(session, account_id, today),
        fee=total((line.net for line in fees), policy.currency),
        tax_rate_bp=fees[0].tax_rate_bp if fees else 0,
        newest=newest,
    )


def _plan_lines(invoice: InvoiceView) -> Sequence[LineView]:
    """The plans' fees of this period, and the promotions on them."""
    of_period = [line for line in invoice.lines if line.period.start >= invoice.period.start]
    fees = [line for line in of_period if line.kind == "plan_fee"]
    plans = {line.subscription_id for line in fees}
    return fees + [
        line
        for line in of_period
        if line.promotion_id is not None and line.subscription_id in plans
    ]


async def _never_held_out(session: AsyncSession, customer_id: UUID) -> bool:
    query = select(Customer.never_held_out).where(Customer.id == customer_id)
    return bool(await session.scalar(query))


async def _on_time(session: AsyncSession, account_id: UUID, today: date) -> int:
    """How many of the last 12 invoices that are due or paid were paid by their due date.

    What we credited counts as paid in time, whenever we did it.
    """
    in_time: ColumnElement[bool] = or_(
        Allocation.credit_note_id.is_not(None), Payment.received_on <= Invoice.due_on
    )
    paid_in_time = (
        select(func.coalesce(func.sum(case((in_time, Allocation.amount_minor), else_=0)), 0))
        .outerjoin(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    last = (
        select((paid_in_time >= Invoice.total_minor).label("on_time"))
        .where(Invoice.account_id == account_id, or_(Invoice.due_on < today, outstanding() <= 0))
        .order_by(Invoice.period_start.desc())
        .limit(_YEAR_OF_INVOICES)
        .subquery()
    )
    return await session.scalar(select(func.count()).where(last.c.on_time)) or 0


async def _arrears(session: AsyncSession, account_id: UUID, today: date) -> int:
    owed = select(func.coalesce(func.sum(outstanding()), 0)).where(
        Invoice.account_id == account_id, Invoice.due_on < today
    )
    return int(await session.scalar(owed) or 0)


async def _term_left(session: AsyncSession, account_id: UUID, today: date) -> int:
    """Months, a begun one counted whole, until the last minimum term of the account ends."""
    until = await session.scalar(
        select(func.max(Subscription.minimum_term_until)).where(
            Subscription.account_id == account_id,
            or_(Subscription.ends_on.is_(None), Subscription.ends_on >= today),
        )
    )
    if until is None or until <= today:
        return 0
    whole = months_between(today, until)
    return whole if today.day == until.day else whole + 1
