"""Which queries keep and read budgets, offers, grants and decisions?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account, Customer
from billing_backend.discounts.models import Decision, DiscountBudget, Grant, OfferRow
from billing_backend.discounts.months import first_of_month
from billing_backend.errors import NotFound
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.journal.models import JournalEntry
from billing_backend.money import Money


async def hold_customer(session: AsyncSession, account_id: UUID) -> None:
    """Until the transaction ends, nobody else decides on this customer's discounts.

    NotFound when there is no such account.
    """
    held = await session.scalar(
        select(Customer.id)
        .join(Account, Account.customer_id == Customer.id)
        .where(Account.id == account_id)
        .with_for_update(of=Customer, key_share=True)
    )
    if held is None:
        raise NotFound("account", account_id)


# --- budgets --------------------------------------------------------------------------------


async def reserve(
    session: AsyncSession, rule_id: str, month: date, amount: Money, limit: Money
) -> UUID | None:
    """Takes the amount out of the rule's budget of the month; None when not enough is left.

    One statement checks and takes, so that any number of callers at once overshoot nothing.
    `limit` is that of a month which nobody asked for yet.
    """
    await session.execute(
        insert(DiscountBudget)
        .values(rule_id=rule_id, month=month, limit_minor=limit.minor, currency=limit.currency)
        .on_conflict_do_nothing(index_elements=["rule_id", "month"])
    )
    return await session.scalar(
        update(DiscountBudget)
        .where(
            DiscountBudget.rule_id == rule_id,
            DiscountBudget.month == month,
            _left() >= amount.minor,
        )
        .values(reserved_minor=DiscountBudget.reserved_minor + amount.minor)
        .returning(DiscountBudget.id)
    )


async def budget_left(session: AsyncSession, rule_id: str, month: date, limit: Money) -> Money:
    """What could be reserved now; `limit` is that of a month which nobody asked for yet."""
    left = await session.scalar(
        select(_left()).where(DiscountBudget.rule_id == rule_id, DiscountBudget.month == month)
    )
    return limit if left is None else Money(left, limit.currency)


async def spend(session: AsyncSession, budget_id: UUID, minor: int) -> None:
    """What was reserved is given."""
    await session.execute(
        update(DiscountBudget)
        .where(DiscountBudget.id == budget_id)
        .values(
            reserved_minor=DiscountBudget.reserved_minor - minor,
            spent_minor=DiscountBudget.spent_minor + minor,
        )
    )


async def close_offers(
    session: AsyncSession,
    state: str,
    condition: ColumnElement[bool],
    now: datetime,
    *,
    wait: bool = True,
) -> list[OfferRow]:
    """Closes the open offers that meet the condition and frees their budgets.

    `wait=False` leaves out those that somebody is just answering.
    """
    found = await session.scalars(
        select(OfferRow)
        .where(OfferRow.state == "open", condition)
        .order_by(OfferRow.id)
        .with_for_update(skip_locked=not wait)
        .execution_options(populate_existing=True)
    )
    offers = list(found)
    freed: dict[UUID, int] = {}
    for offer in offers:
        offer.state, offer.closed_at = state, now
        freed[offer.budget_id] = freed.get(offer.budget_id, 0) + offer.amount_minor
    await session.flush()
    # In one order for everybody, so that two callers cannot wait for each other.
    for budget_id in sorted(freed):
        await session.execute(
            update(DiscountBudget)
            .where(DiscountBudget.id == budget_id)
            .values(reserved_minor=DiscountBudget.reserved_minor - freed[budget_id])
        )
    return offers


def _left() -> ColumnElement[int]:
    return DiscountBudget.limit_minor - DiscountBudget.reserved_minor - DiscountBudget.spent_minor


# --- offers ---------------------------------------------------------------------------------


async def open_offer(session: AsyncSession, account_id: UUID, now: datetime) -> OfferRow | None:
    """The offer that this account can still accept."""
    return await session.scalar(
        select(OfferRow)
        .where(
            OfferRow.account_id == account_id,
            OfferRow.state == "open",
            OfferRow.expires_at > now,
        )
        .order_by(OfferRow.proposed_at.desc())
        .limit(1)
    )


async def offer_to_answer(session: AsyncSession, offer_id: UUID) -> OfferRow | None:
    return await session.get(OfferRow, offer_id, with_for_update=True, populate_existing=True)


async def offers_in_episode(session: AsyncSession, account_id: UUID, episode: date) -> int:
    query = select(func.count()).where(
        OfferRow.account_id == account_id, OfferRow.episode == episode
    )
    return await session.scalar(query) or 0


# --- grants ---------------------------------------------------------------------------------


async def given_since(
    session: AsyncSession,
    customer_id: UUID,
    account_id: UUID,
    since: date,
    now: datetime,
    currency: str,
) -> Money:
    """What the customer was granted since a day, and what is open to them on other accounts:
    an account's own open offer is answered or replaced first."""
    granted = select(func.coalesce(func.sum(Grant.amount_minor), 0)).where(
        Grant.customer_id == customer_id, Grant.granted_on > since
    )
    offered = select(func.coalesce(func.sum(OfferRow.amount_minor), 0)).where(
        OfferRow.customer_id == customer_id,
        OfferRow.account_id != account_id,
        OfferRow.state == "open",
        OfferRow.expires_at > now,
    )
    minor = await session.scalar(select(granted.scalar_subquery() + offered.scalar_subquery()))
    return Money(int(minor or 0), currency)


async def grants_of_customer(session: AsyncSession, customer_id: UUID) -> list[Grant]:
    """Newest first."""
    return list(
        await session.scalars(
            select(Grant)
            .where(Grant.customer_id == customer_id)
            .order_by(Grant.granted_at.desc(), Grant.id)
        )
    )


async def grants_of_account(session: AsyncSession, account_id: UUID) -> list[Grant]:
    """Newest first."""
    return list(
        await session.scalars(
            select(Grant)
            .where(Grant.account_id == account_id)
            .order_by(Grant.granted_at.desc(), Grant.id)
        )
    )


async def grants_due(
    session: AsyncSession, account_ids: Sequence[UUID], month: date
) -> list[Grant]:
    """The grants that take something off the invoice of the period begun in this month."""
    over = Grant.first_month + func.make_interval(0, Grant.months)
    already_credited = Grant.credited & (Grant.first_month == month)
    return list(
        await session.scalars(
            select(Grant)
            .where(
                Grant.account_id.in_(account_ids),
                Grant.first_month <= month,
                over > month,
                ~already_credited,
            )
            .order_by(Grant.granted_at, Grant.id)
        )
    )


async def billed_month(session: AsyncSession, account_id: UUID) -> date | None:
    """The month in which the newest billed period of the account begins."""
    start = await session.scalar(
        select(func.max(Invoice.period_start)).where(Invoice.account_id == account_id)
    )
    return None if start is None else first_of_month(start)


async def billing_day(session: AsyncSession, account_id: UUID) -> int:
    """Raises NotFound when there is no such account."""
    day = await session.scalar(select(Account.billing_day).where(Account.id == account_id))
    if day is None:
        raise NotFound("account", account_id)
    return day


async def months_given(
    session: AsyncSession,
) -> Sequence[Row[UUID, UUID, int, str, str, date]]:
    """Months that an issued invoice has given and the books do not know of yet: grant, account,
    amount promised, currency, invoice number, month."""
    key = func.concat("grant:", Grant.id, ":", func.to_char(Invoice.period_start, "YYYY-MM"))
    rows = await session.execute(
        select(
            Grant.id,
            Grant.account_id,
            Grant.monthly_minor,
            Grant.currency,
            Invoice.number,
            Invoice.period_start,
        )
        .join(InvoiceLine, InvoiceLine.grant_id == Grant.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .outerjoin(JournalEntry, JournalEntry.key == key)
        .where(JournalEntry.id.is_(None))
        .distinct()
    )
    return rows.all()


# --- decisions ------------------------------------------------------------------------------


async def was_held_out(session: AsyncSession, customer_id: UUID, since: datetime) -> bool:
    """Whether the experiment left this customer without an offer since then."""
    query = select(Decision.id).where(
        Decision.customer_id == customer_id, Decision.held_out, Decision.decided_at > since
    )
    return await session.scalar(query.limit(1)) is not None
