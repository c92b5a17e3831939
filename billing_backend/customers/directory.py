"""How does identification look customers up, with one small query each?"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Contact, Customer
from billing_backend.customers.rules import e164
from billing_backend.errors import NotFound


async def ids_by_phone(session: AsyncSession, phone: str) -> list[UUID]:
    """Every customer with this phone number (in any way of writing) among their contacts."""
    plain = e164(phone)
    if plain is None:
        return []
    owners = select(Contact.customer_id).where(Contact.kind == "phone", Contact.value == plain)
    return list(await session.scalars(owners.distinct().order_by(Contact.customer_id)))


async def id_by_number(session: AsyncSession, number: str) -> UUID | None:
    return await session.scalar(select(Customer.id).where(Customer.number == number))


async def number_of(session: AsyncSession, customer_id: UUID) -> str:
    """Raises NotFound when nobody has this id."""
    number = await session.scalar(select(Customer.number).where(Customer.id == customer_id))
    if number is None:
        raise NotFound("customer", customer_id)
    return number


async def first_name(session: AsyncSession, customer_id: UUID) -> str:
    """Raises NotFound when nobody has this id."""
    name = await session.scalar(select(Customer.first_name).where(Customer.id == customer_id))
    if name is None:
        raise NotFound("customer", customer_id)
    return name


async def phone_on_file(session: AsyncSession, customer_id: UUID | None) -> str | None:
    """The number that one-time codes go to, in E.164; None when there is none.

    Asked for nobody (None), it asks the database all the same: as slow as for somebody.
    """
    return await session.scalar(
        select(Contact.value)
        .where(Contact.customer_id == customer_id, Contact.kind == "phone")
        .order_by(Contact.position)
        .limit(1)
    )
