"""Which queries read customers and what they agreed to?"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Date, Row, Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Product
from billing_backend.customers.models import Account, Contact, Customer, Subscription

CustomerRow = Row[Customer, Account, str | None, Product | None]


async def by_ids(
    session: AsyncSession, ids: Sequence[UUID], today: date | None = None
) -> Sequence[CustomerRow]:
    """Each with the plan that runs `today`; None: the one agreed last."""
    return (await session.execute(_profiles_by_id(), {"ids": ids, "today": today})).all()


async def by_number(session: AsyncSession, number: str) -> Sequence[CustomerRow]:
    return await _rows(session, _profile().where(Customer.number == number))


async def by_phone(session: AsyncSession, phone: str) -> Sequence[CustomerRow]:
    """Every customer with this phone among their contacts; `phone` in E.164."""
    owners = select(Contact.customer_id).where(Contact.kind == "phone", Contact.value == phone)
    return await _rows(session, _profile().where(Customer.id.in_(owners)))


async def by_account(
    session: AsyncSession, account_id: UUID, today: date | None = None
) -> Sequence[CustomerRow]:
    query = _profile().where(Account.id == account_id)
    return (await session.execute(query, {"today": today})).all()


async def lock_customer(session: AsyncSession, customer_id: UUID) -> Customer | None:
    return await session.scalar(
        select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    )


async def lock_account(session: AsyncSession, account_id: UUID) -> Account | None:
    """Money of one account changes in turn: whoever holds this row."""
    return await session.scalar(
        select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    )


async def lock_accounts(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The same for many, in one order for everybody, so that nobody deadlocks; answers the
    currency of each account that there is."""
    rows = await session.execute(
        select(Account.id, Account.currency)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row.currency for row in rows}


@cache
def _profiles_by_id() -> Select[Customer, Account, str | None, Product | None]:
    # Built once: every turn of a verified customer asks it.
    return _profile().where(Customer.id.in_(bindparam("ids", expanding=True)))


def _profile() -> Select[Customer, Account, str | None, Product | None]:
    phone = (
        select(Contact.value)
        .where(Contact.customer_id == Customer.id, Contact.kind == "phone")
        .order_by(Contact.position)
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    # The plan that counts is the one that runs on the day, else the one agreed last.
    today = bindparam("today", None, type_=Date)
    runs = (Subscription.starts_on <= today) & or_(
        Subscription.ends_on.is_(None), Subscription.ends_on >= today
    )
    plan_code = (
        select(Subscription.product_code)
        .join(Product, Product.code == Subscription.product_code)
        .where(Subscription.account_id == Account.id, Product.kind == "plan")
        .order_by(
            runs.desc().nulls_last(),
            Subscription.ends_on.desc().nulls_first(),
            Subscription.starts_on.desc(),
        )
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    return (
        select(Customer, Account, phone, Product)
        .join(Account, Account.customer_id == Customer.id)
        .outerjoin(Product, Product.code == plan_code)
        .order_by(Customer.number, Account.opened_on, Account.id)
    )


async def _rows(
    session: AsyncSession, query: Select[Customer, Account, str | None, Product | None]
) -> Sequence[CustomerRow]:
    return (await session.execute(query)).all()
