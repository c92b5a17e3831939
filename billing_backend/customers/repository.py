"""Which queries read customers and what they agreed to?"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Product
from billing_backend.customers.models import Account, Contact, Customer, Subscription

CustomerRow = Row[Customer, Account, str | None, Product | None]


async def by_ids(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[CustomerRow]:
    return (await session.execute(_profiles_by_id(), {"ids": ids})).all()


async def by_number(session: AsyncSession, number: str) -> Sequence[CustomerRow]:
    return await _rows(session, _profile().where(Customer.number == number))


async def by_phone(session: AsyncSession, phone: str) -> Sequence[CustomerRow]:
    """Every customer with this phone among their contacts; `phone` in E.164."""
    owners = select(Contact.customer_id).where(Contact.kind == "phone", Contact.value == phone)
    return await _rows(session, _profile().where(Customer.id.in_(owners)))


async def by_account(session: AsyncSession, account_id: UUID) -> Sequence[CustomerRow]:
    return await _rows(session, _profile().where(Account.id == account_id))


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
    # The plan that counts is the one that runs, or the last one that did.
    plan_code = (
        select(Subscription.product_code)
        .join(Product, Product.code == Subscription.product_code)
        .where(Subscription.account_id == Account.id, Product.kind == "plan")
        .order_by(Subscription.ends_on.desc().nulls_first(), Subscription.starts_on.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    return (
        select(Customer, Account, phone, Product)
        .join(Account, Account.customer_id == Customer.id)
        .outerjoin(Product, Product.code == plan_code)
        .order_by(Customer.number, Account.opened_on)
    )


async def _rows(
    session: AsyncSession, query: Select[Customer, Account, str | None, Product | None]
) -> Sequence[CustomerRow]:
    return (await session.execute(query)).all()
