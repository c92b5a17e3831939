"""Which queries feed and store a billing run? A fixed number of them, however many accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Row,
    and_,
    case,
    column,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.catalogue.models import Price, Product, Promotion
from billing_backend.customers.models import (
    Account,
    AgreedPromotion,
    Customer,
    Subscription,
    Usage,
)
from billing_backend.errors import NotFound
from billing_backend.invoices.facts import (
    ChargeFacts,
    DatedPrices,
    PromotionFacts,
    SubscriptionFacts,
    UsageFacts,
)
from billing_backend.invoices.models import Charge, Invoice, InvoiceLine, ParkedAccount
from billing_backend.invoices.periods import Period, previous_period
from billing_backend.money import Money

if TYPE_CHECKING:
    from billing_backend.invoices.run import Parked

_FEES = ("plan_fee", "add_on", "proration")
_RUN_LOCK = 0x11E5


async def one_run_at_a_time(session: AsyncSession) -> None:
    """Waits until no other billing run is at work; the lock ends with the transaction.

    In it every query is planned for its own accounts: a plan kept from other ones, made when the
    tables were small, took minutes for two thousand.
    """
    await session.execute(text("SET LOCAL plan_cache_mode TO force_custom_plan"))
    await session.execute(select(func.pg_advisory_xact_lock(_RUN_LOCK)))


async def due_accounts(
    session: AsyncSession,
    periods: Mapping[int, Period],
    as_of: date,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[UUID, int, str]]:
    """(id, billing day, currency) of accounts without an invoice for their current period.

    `periods` maps each billing day to the period that `as_of` falls in. In order of id, from
    the first one after `after`.
    """
    current = (
        values(column("billing_day", Integer), column("start", Date), name="current")
        .data([(day, period.start) for day, period in periods.items()])
        .alias("current")
    )
    invoiced = (
        select(Invoice.id)
        .where(Invoice.account_id == Account.id, Invoice.period_start == current.c.start)
        .exists()
    )
    query = (
        select(Account.id, Account.billing_day, Account.currency)
        .join(current, current.c.billing_day == Account.billing_day)
        .where(Account.opened_on <= as_of, ~invoiced)
        .order_by(Account.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Account.id > after)
    return (await session.execute(query)).all()


async def subscriptions(
    session: AsyncSession,
    current: Mapping[UUID, tuple[int, Period]],
    currencies: Mapping[UUID, str],
) -> dict[UUID, list[SubscriptionFacts]]:
    """By account: what is to be billed, or given back, or was used since the last invoice.

    `current` maps each account to its billing day and current period, `currencies` to what it
    is billed in.
    """
    if not current:
        return {}
    spans = _billed_spans(list(current))
    query = (
        select(Subscription, Product, spans.c.billed_through, spans.c.refunded_from)
        .join(Product, Product.code == Subscription.product_code)
        .outerjoin(spans, spans.c.subscription_id == Subscription.id)
        .where(
            Subscription.account_id.in_(current),
            or_(
                Subscription.ends_on.is_(None),
                spans.c.billed_through.is_(None),
                # Ended in the last two periods, or ended without being billed to its end.
                Subscription.ends_on
                >= min(previous_period(day, period).start for day, period in current.values()),
                Subscription.ends_on > spans.c.billed_through,
            ),
        )
    )
    rows = (await session.execute(query)).all()
    listed = await catalogue(session)
    products = {product.code: product for product in await session.scalars(select(Product))}
    promotions = await _promotions(session, [subscription.id for subscription, *_ in rows])
    used = await _usage(
        session,
        [
            (subscription.id, previous_period(*current[subscription.account_id]).start)
            for subscription, product, *_ in rows
            if product.usage_code is not None
        ],
    )
    found: dict[UUID, list[SubscriptionFacts]] = defaultdict(list)
    for subscription, product, billed_through, refunded_from in rows:
        currency = currencies[subscription.account_id]
        prices, _, other_currency = priced(listed.get(product.code, ()), currency)
        found[subscription.account_id].append(
            SubscriptionFacts(
                subscription_id=subscription.id,
                product_code=product.code,
                kind=product.kind,
                name=product.name,
                quantity=subscription.quantity,
                starts_on=subscription.billed_here_from or subscription.starts_on,
                ends_on=subscription.ends_on,
                prices=prices,
                currency=other_currency,
                agreed_net_minor=subscription.agreed_net_minor,
                agreed_until=subscription.agreed_until,
                promotions=promotions.get(subscription.id, ()),
                usage=_usage_facts(product, used.get(subscription.id), products, listed, currency),
                billed_through=billed_through,
                refunded_from=refunded_from,
            )
        )
    return found


async def dated_prices(session: AsyncSession) -> dict[str, DatedPrices]:
    """Every product's prices, oldest first; of a usage product those of its first unit."""
    return {
        code: tuple((price.valid_from, price.net_minor) for price in prices if price.from_unit == 1)
        for code, prices in (await catalogue(session)).items()
    }


async def catalogue(session: AsyncSession) -> dict[str, list[Price]]:
    """Every product's prices with their tiers, oldest first."""
    prices: dict[str, list[Price]] = defaultdict(list)
    for price in await session.scalars(select(Price).order_by(Price.valid_from)):
        prices[price.product_code].append(price)
    return prices


def priced(
    prices: Sequence[Price], currency: str
) -> tuple[DatedPrices, tuple[tuple[date, int, int], ...], str | None]:
    """The prices and tiers in the account's currency, and the catalogue's currency when it has
    none in the account's."""
    ours = [price for price in prices if price.currency == currency]
    other = prices[-1].currency if prices and not ours else None
    return (
        tuple((price.valid_from, price.net_minor) for price in ours if price.from_unit == 1),
        tuple(
            (price.valid_from, price.from_unit, price.net_minor)
            for price in ours
            if price.from_unit > 1
        ),
        other,
    )


async def waiting_charges(
    session: AsyncSession, account_ids: Sequence[UUID]
) -> dict[UUID, list[ChargeFacts]]:
    """By account: late fees and one-offs that no invoice has yet."""
    billed = select(InvoiceLine.id).where(InvoiceLine.charge_id == Charge.id).exists()
    found: dict[UUID, list[ChargeFacts]] = defaultdict(list)
    query = (
        select(Charge)
        .where(Charge.account_id.in_(account_ids), ~billed)
        .order_by(Charge.supplied_on, Charge.id)
    )
    for charge in await session.scalars(query):
        found[charge.account_id].append(
            ChargeFacts(
                charge_id=charge.id,
                kind=charge.kind,
                description=charge.description,
                net=Money(charge.net_minor, charge.currency),
                supplied_on=charge.supplied_on,
            )
        )
    return found


async def add_invoices(
    session: AsyncSession,
    invoices: Sequence[Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]],
) -> None:
    """Rows of both tables, by column."""
    await copy_rows(session, Invoice, invoices)
    await copy_rows(session, InvoiceLine, lines)


async def refresh_statistics(session: AsyncSession) -> None:
    """Tell the server how large the tables have become: after an import, and within a long
    transaction, it does not know by itself yet, and a plan for empty tables takes minutes."""
    await session.execute(
        text(
            "ANALYZE account, subscription, agreed_promotion, usage, charge, invoice, invoice_line"
        )
    )


async def first_day_to_bill(session: AsyncSession, until: date) -> date | None:
    """The first day, `until` at the latest, that something runs and was not invoiced."""
    invoiced = (
        select(Invoice.account_id, (func.max(Invoice.period_end) + 1).label("next"))
        .group_by(Invoice.account_id)
        .subquery("invoiced")
    )
    starts = func.coalesce(Subscription.billed_here_from, Subscription.starts_on)
    first_day = func.greatest(starts, invoiced.c.next)
    first: date | None = await session.scalar(
        select(func.min(first_day))
        .select_from(Subscription)
        .outerjoin(invoiced, invoiced.c.account_id == Subscription.account_id)
        .where(or_(Subscription.ends_on.is_(None), Subscription.ends_on >= first_day))
    )
    return first if first is not None and first <= until else None


async def account(
    session: AsyncSession, account_id: UUID
) -> tuple[Row[UUID, int, str], date | None]:
    """(id, billing day, currency), and the last day that is invoiced. Raises NotFound."""
    found = (
        await session.execute(
            select(Account.id, Account.billing_day, Account.currency).where(
                Account.id == account_id
            )
        )
    ).one_or_none()
    if found is None:
        raise NotFound("account", account_id)
    through = select(func.max(Invoice.period_end)).where(Invoice.account_id == account_id)
    return found, await session.scalar(through)


async def count_accounts(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Account)) or 0


async def park(session: AsyncSession, accounts: Sequence[Parked], now: datetime) -> None:
    """Keeps why each got no invoice, instead of what was kept of it before."""
    await unpark(session, [each.account_id for each in accounts])
    rows = [{**asdict(each), "parked_at": now} for each in accounts]
    await copy_rows(session, ParkedAccount, rows)


async def unpark(session: AsyncSession, account_ids: Sequence[UUID]) -> None:
    if account_ids:
        await session.execute(
            delete(ParkedAccount).where(ParkedAccount.account_id.in_(account_ids))
        )


async def parked(session: AsyncSession) -> Sequence[tuple[str, ParkedAccount]]:
    """Every parked account with its customer's number, longest parked first."""
    rows = await session.execute(
        select(Customer.number, ParkedAccount)
        .join(Account, Account.id == ParkedAccount.account_id)
        .join(Customer, Customer.id == Account.customer_id)
        .order_by(ParkedAccount.parked_at, Customer.number)
    )
    return [(number, account) for number, account in rows]


def _billed_spans(account_ids: Sequence[UUID]) -> Any:
    """By subscription: the last day charged, the first day given back."""
    fees = (
        select(
            InvoiceLine.subscription_id,
            func.max(case((InvoiceLine.net_minor >= 0, InvoiceLine.period_end))).label(
                "billed_through"
            ),
            func.min(case((InvoiceLine.net_minor < 0, InvoiceLine.period_start))).label(
                "refunded_from"
            ),
        )
        .join(
            Subscription,
            and_(
                Subscription.id == InvoiceLine.subscription_id,
                Subscription.account_id.in_(account_ids),
            ),
        )
        .where(InvoiceLine.kind.in_(_FEES))
        .group_by(InvoiceLine.subscription_id)
    )
    return fees.subquery("spans")


async def _promotions(
    session: AsyncSession, subscription_ids: Sequence[UUID]
) -> dict[UUID, tuple[PromotionFacts, ...]]:
    found: dict[UUID, list[PromotionFacts]] = defaultdict(list)
    query = (
        select(AgreedPromotion, Promotion)
        .join(Promotion, Promotion.code == AgreedPromotion.promotion_code)
        .where(AgreedPromotion.subscription_id.in_(subscription_ids))
        .order_by(AgreedPromotion.starts_on)
    )
    for agreed, promotion in await session.execute(query):
        found[agreed.subscription_id].append(
            PromotionFacts(
                promotion_id=agreed.id,
                name=promotion.name,
                percent_bp=promotion.percent_bp,
                starts_on=agreed.starts_on,
                ends_on=agreed.ends_on,
            )
        )
    return {subscription_id: tuple(promotions) for subscription_id, promotions in found.items()}


async def _usage(session: AsyncSession, wanted: Sequence[tuple[UUID, date]]) -> dict[UUID, int]:
    if not wanted:
        return {}
    query = select(Usage.subscription_id, Usage.quantity).where(
        tuple_(Usage.subscription_id, Usage.period_start).in_(wanted)
    )
    return {row.subscription_id: row.quantity for row in await session.execute(query)}


def _usage_facts(
    product: Product,
    quantity: int | None,
    products: Mapping[str, Product],
    listed: Mapping[str, Sequence[Price]],
    currency: str,
) -> UsageFacts | None:
    if quantity is None or product.usage_code is None or product.allowance is None:
        return None
    prices, tiers, _ = priced(listed.get(product.usage_code, ()), currency)
    return UsageFacts(
        quantity=quantity,
        allowance=product.allowance,
        product_code=product.usage_code,
        name=products[product.usage_code].name,
        prices=prices,
        tiers=tiers,
    )
