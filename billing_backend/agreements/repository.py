"""Which queries keep and read what accounts have agreed to, and its changes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.agreements.facts import Held, Offered, Pending, Standing
from billing_backend.agreements.models import ServiceChange
from billing_backend.catalogue.models import Price, Product
from billing_backend.catalogue.words import standing as standing_name
from billing_backend.contract import ScheduledChange
from billing_backend.customers.models import Account, ServiceOrder, Subscription, Usage
from billing_backend.dunning import repository as dunning
from billing_backend.errors import NotFound
from billing_backend.invoices import run, run_repository
from billing_backend.invoices.models import Charge, InvoiceLine
from billing_backend.invoices.periods import period_of
from billing_backend.invoices.run import DiscountsDue


async def offered(session: AsyncSession, currency: str) -> dict[str, Offered]:
    """Every plan and add-on of the catalogue, by code, with its prices in one currency."""
    prices = await run_repository.catalogue(session)
    products = list(await session.scalars(select(Product).order_by(Product.code)))
    return {
        product.code: _offered(product, prices, currency)
        for product in products
        if product.kind != "usage"
    }


async def standing(
    session: AsyncSession,
    account_id: UUID,
    *,
    today: date,
    discounts_due: DiscountsDue | None = None,
) -> Standing:
    """What the account has and what is scheduled. Raises NotFound without such an account."""
    next_period, facts = await run.next_facts(
        session, account_id, today=today, discounts_due=discounts_due
    )
    account = await session.get_one(Account, account_id)
    suspension = await dunning.running(session, account_id)
    known = {each.subscription_id: each for each in facts.subscriptions}
    held = tuple(
        Held(
            facts=known[subscription.id],
            family=product.family,
            since=subscription.starts_on,
            minimum_term_until=subscription.minimum_term_until,
        )
        for subscription, product in await _held(session, account_id, today)
    )
    return Standing(
        today=today,
        period=period_of(account.billing_day, today),
        next_period=next_period,
        account=facts,
        held=held,
        pending=await pending(session, account_id, today),
        suspended_on=suspension.suspended_on if suspension else None,
        ended_on=await _ended_on(session, account_id),
    )


async def pending(session: AsyncSession, account_id: UUID, today: date) -> tuple[Pending, ...]:
    """Changes that were ordered and have not begun, the next one first."""
    rows = await session.scalars(
        select(ServiceChange)
        .where(
            ServiceChange.account_id == account_id,
            ServiceChange.withdrawn_at.is_(None),
            ServiceChange.from_day > today,
        )
        .order_by(ServiceChange.from_day, ServiceChange.ordered_at)
    )
    changes = list(rows)
    names = await _names(session, changes)
    return tuple(_pending(change, names) for change in changes)


async def change(session: AsyncSession, account_id: UUID, change_id: UUID) -> ServiceChange | None:
    """The account's own change with this id."""
    return await session.scalar(
        select(ServiceChange).where(
            ServiceChange.id == change_id, ServiceChange.account_id == account_id
        )
    )


async def currency_of(session: AsyncSession, account_id: UUID) -> str:
    """What the account is billed in. Raises NotFound."""
    found = await session.scalar(select(Account.currency).where(Account.id == account_id))
    if found is None:
        raise NotFound("account", account_id)
    return found


async def add(session: AsyncSession, *rows: ServiceOrder | Subscription | Charge) -> None:
    """Rows in this order: a subscription comes after its order."""
    for row in rows:
        session.add(row)
        await session.flush()


async def end(
    session: AsyncSession, subscription_id: UUID, last_day: date | None, order_id: UUID | None
) -> None:
    """The subscription's last day (None: it goes on), and the order that asked for it."""
    await session.execute(
        update(Subscription)
        .where(Subscription.id == subscription_id)
        .values(ends_on=last_day, end_order_id=order_id)
    )


async def never_began(session: AsyncSession, subscription_ids: Sequence[UUID]) -> None:
    """Takes out subscriptions that were called off before their first day; their orders stay."""
    await session.execute(delete(Subscription).where(Subscription.id.in_(subscription_ids)))


async def take_back_charge(session: AsyncSession, charge_id: UUID) -> None:
    """A charge that no invoice has is gone; one that an invoice has is given back by the next."""
    billed = await session.scalar(select(InvoiceLine.id).where(InvoiceLine.charge_id == charge_id))
    if billed is None:
        await session.execute(delete(Charge).where(Charge.id == charge_id))
        return
    charge = await session.get_one(Charge, charge_id)
    session.add(
        Charge(
            account_id=charge.account_id,
            kind="one_off",
            description=standing_name("fee_given_back"),
            net_minor=-charge.net_minor,
            currency=charge.currency,
            supplied_on=charge.supplied_on,
        )
    )
    await session.flush()


async def mark_withdrawn(session: AsyncSession, change_id: UUID, *, by: str, now: datetime) -> None:
    await session.execute(
        update(ServiceChange)
        .where(ServiceChange.id == change_id, ServiceChange.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=by)
    )


async def usage_by_period(session: AsyncSession, account_id: UUID) -> dict[date, int]:
    """What the account's plans used, by the first day of the period."""
    rows = await session.execute(
        select(Usage.period_start, func.sum(Usage.quantity))
        .join(Subscription, Subscription.id == Usage.subscription_id)
        .join(Product, Product.code == Subscription.product_code)
        .where(Subscription.account_id == account_id, Product.kind == "plan")
        .group_by(Usage.period_start)
    )
    return {start: int(quantity) for start, quantity in rows}


async def _held(
    session: AsyncSession, account_id: UUID, today: date
) -> Sequence[tuple[Subscription, Product]]:
    rows = await session.execute(
        select(Subscription, Product)
        .join(Product, Product.code == Subscription.product_code)
        .where(
            Subscription.account_id == account_id,
            or_(Subscription.ends_on.is_(None), Subscription.ends_on >= today),
        )
        .order_by(Subscription.starts_on, Subscription.id)
        .execution_options(populate_existing=True)
    )
    return [(subscription, product) for subscription, product in rows]


async def _ended_on(session: AsyncSession, account_id: UUID) -> date | None:
    """The last day of the last plan, when every plan has one."""
    ended, going_on = (
        await session.execute(
            select(
                func.max(Subscription.ends_on),
                func.count().filter(Subscription.ends_on.is_(None)),
            )
            .join(Product, Product.code == Subscription.product_code)
            .where(Subscription.account_id == account_id, Product.kind == "plan")
        )
    ).one()
    return None if going_on else ended


async def _names(
    session: AsyncSession, changes: Sequence[ServiceChange]
) -> Mapping[str, dict[str, str]]:
    codes = {code for each in changes for code in (each.old_code, each.new_code) if code}
    rows = await session.execute(select(Product.code, Product.name).where(Product.code.in_(codes)))
    return {row.code: row.name for row in rows}


def _pending(row: ServiceChange, names: Mapping[str, dict[str, str]]) -> Pending:
    return Pending(
        told=ScheduledChange(
            change_id=row.id,
            kind=row.kind,
            from_day=row.from_day,
            old=names.get(row.old_code) if row.old_code else None,
            new=names.get(row.new_code) if row.new_code else None,
            ordered_on=row.ordered_at.date(),
            ordered_by=row.ordered_by,
        ),
        ended={
            UUID(each["subscription"]): date.fromisoformat(each["ends_on"])
            if each["ends_on"]
            else None
            for each in row.undo["ended"]
        },
        started=tuple(UUID(each) for each in row.undo["started"]),
        charge_id=row.charge_id,
    )


def _offered(product: Product, prices: Mapping[str, Sequence[Price]], currency: str) -> Offered:
    own, _, other_currency = run_repository.priced(prices.get(product.code, ()), currency)
    extra, tiers, _ = run_repository.priced(prices.get(product.usage_code or "", ()), currency)
    return Offered(
        code=product.code,
        kind=product.kind,
        family=product.family,
        name=product.name,
        prices=own,
        on_sale_from=product.on_sale_from,
        on_sale_until=product.on_sale_until,
        unit=product.unit,
        allowance=product.allowance,
        usage_code=product.usage_code,
        extra_prices=extra,
        extra_tiers=tiers,
        goes_with=None if product.goes_with is None else tuple(product.goes_with),
        minimum_term_months=product.minimum_term_months or 0,
        other_currency=other_currency,
    )
