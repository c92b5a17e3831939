"""How is the demo company put into an empty database, as if it had been there for a year?

Its invoices come from the real billing run, month by month, with payments and late fees.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import identity
from billing_backend.bulk import copy_rows
from billing_backend.catalogue.models import Price, Product, Promotion
from billing_backend.clock import business_date
from billing_backend.customers.models import (
    Account,
    AgreedPromotion,
    Contact,
    Customer,
    ServiceOrder,
    Subscription,
    Usage,
)
from billing_backend.db import Base
from billing_backend.demo import crowd, neighbours, stories
from billing_backend.demo.cast import Cast, cast
from billing_backend.demo.company import MONTHS, Company, made_id, roll, with_catalogue
from billing_backend.documents.models import BillingDetails
from billing_backend.invoices.late_fees import apply_late_fees
from billing_backend.invoices.periods import months_back
from billing_backend.invoices.run import DiscountsDue, RunPage, issue_due, pages
from billing_backend.invoices.run_repository import refresh_statistics
from billing_backend.money import Money
from billing_backend.payments import repository as payments
from billing_backend.payments.rules import OpenInvoice
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

_IN_ORDER: tuple[type[Base], ...] = (
    Product,
    Price,
    Promotion,
    Customer,
    Contact,
    Account,
    BillingDetails,
    ServiceOrder,
    Subscription,
    AgreedPromotion,
    Usage,
)

# What another room adds to the past, told the day on which that month's invoices are issued.
PastGrants = Callable[[AsyncSession, UUID, date], Awaitable[None]]


async def seed(
    session: AsyncSession,
    *,
    now: datetime,
    policy: Policy,
    discounts_due: DiscountsDue | None = None,
    past_grants: PastGrants | None = None,
) -> Cast:
    """Founds the company in empty tables; its present is the business day of `now`."""
    today = business_date(now, policy.zone)
    company = with_catalogue(Company(today, policy.currency))
    stories.tell(company)
    crowd.gather(company)
    neighbours.make_special(company)
    await _keep_rows(session, company)
    await _keep_pins(session, company, now)
    for months_ago in reversed(range(MONTHS)):
        if months_ago == 1 and past_grants is not None:
            elena = made_id("account", "elena")
            await past_grants(session, elena, months_back(today, months_ago))
        await _live_a_month(session, company, months_ago, policy, discounts_due)
    await neighbours.cut_off(session, company, policy)
    return cast()


async def seed_crowd(session: AsyncSession, *, now: datetime, policy: Policy, size: int) -> None:
    """The same without the cast and PINs: that many ordinary customers and their year."""
    company = with_catalogue(Company(business_date(now, policy.zone), policy.currency))
    crowd.gather(company, size)
    await _keep_rows(session, company)
    for months_ago in reversed(range(MONTHS)):
        await refresh_statistics(session)
        await _live_a_month(session, company, months_ago, policy, None)


async def _keep_rows(session: AsyncSession, company: Company) -> None:
    for model in _IN_ORDER:
        await copy_rows(session, model, company.rows[model])


async def _keep_pins(session: AsyncSession, company: Company, now: datetime) -> None:
    """argon2 takes its time on purpose; in threads it uses every core."""
    hashes = await asyncio.gather(
        *(asyncio.to_thread(_hash_of, pin) for pin in company.pins.values())
    )
    for customer_id, pin_hash in zip(company.pins, hashes, strict=True):
        await identity.set_pin(session, customer_id, pin_hash, actor="demo", now=now)


@cache
def _hash_of(pin: str) -> str:
    """Kept in memory because a reset must be quick, and these PINs are published anyway."""
    return identity.hash_pin(pin)


async def _live_a_month(
    session: AsyncSession,
    company: Company,
    months_ago: int,
    policy: Policy,
    discounts_due: DiscountsDue | None,
) -> None:
    """Invoices, payments in time, late fees for the rest, late payments."""
    as_of = months_back(company.today, months_ago)
    until = months_back(company.today, max(months_ago - 1, 0))

    async def issue(session: AsyncSession, after: UUID | None) -> RunPage:
        return await issue_due(
            session,
            as_of=as_of,
            now=_moment(as_of, policy),
            policy=policy,
            discounts_due=discounts_due,
            after=after,
        )

    async for _ in pages(lambda: nullcontext(session), issue):
        pass
    newest = months_ago == 0
    await _pay(session, company, policy, late=False, newest=newest)
    await apply_late_fees(session, today=until, now=_moment(until, policy), policy=policy)
    await _pay(session, company, policy, late=True, newest=newest)


async def _pay(
    session: AsyncSession, company: Company, policy: Policy, *, late: bool, newest: bool
) -> None:
    """What these payers have paid until today, of the invoices that are open."""
    payers = [account for account, days in company.habits.items() if (days > 0) == late]
    if newest:
        payers = [account for account in payers if account not in company.defaulters]
    open_invoices = await payments.open_invoices(session, payers)
    received = [
        _payment(company, account, invoice, policy)
        for account, invoices in open_invoices.items()
        for invoice in invoices
        if _paid_on(company, account, invoice) <= company.today
    ]
    await receive(session, received, now=_moment(company.today, policy), policy=policy)


def _paid_on(company: Company, account: UUID, invoice: OpenInvoice) -> date:
    return invoice.due_on + timedelta(days=company.habits[account])


def _payment(company: Company, account: UUID, invoice: OpenInvoice, policy: Policy) -> Received:
    return Received(
        account_id=account,
        amount=Money(invoice.outstanding, policy.currency),
        received_on=_paid_on(company, account, invoice),
        method=("card", "bank_transfer", "cash")[roll(3, str(account))],
        reference=f"PAY-{invoice.number}",
        payer_note=invoice.number,
        named_invoice_id=invoice.invoice_id,
    )


def _moment(day: date, policy: Policy) -> datetime:
    return datetime.combine(day, time(8), ZoneInfo(policy.zone)).astimezone(UTC)
