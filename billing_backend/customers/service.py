"""Who is this customer, and which customers have this phone number?"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import CustomerFacts
from billing_backend.customers import repository
from billing_backend.customers.repository import CustomerRow
from billing_backend.customers.rules import e164
from billing_backend.errors import NotFound


async def customer(session: AsyncSession, customer_id: UUID) -> CustomerFacts:
    """Raises NotFound when nobody has this id."""
    found = await repository.by_ids(session, [customer_id])
    if not found:
        raise NotFound("customer", customer_id)
    return _facts(found[0])


async def customer_of_account(session: AsyncSession, account_id: UUID) -> CustomerFacts:
    """Raises NotFound when there is no such account."""
    found = await repository.by_account(session, account_id)
    if not found:
        raise NotFound("account", account_id)
    return _facts(found[0])


async def find_customers(session: AsyncSession, *, phone: str) -> Sequence[CustomerFacts]:
    """Everybody with this number among their contacts: none, one, or several."""
    plain = e164(phone)
    return [] if plain is None else _each(await repository.by_phone(session, plain))


async def find_by_number(session: AsyncSession, *, number: str) -> Sequence[CustomerFacts]:
    """The one customer with this customer number, or none."""
    return _each(await repository.by_number(session, number))


def _each(rows: Sequence[CustomerRow]) -> list[CustomerFacts]:
    """One value per customer: their first account speaks for them."""
    seen: dict[UUID, CustomerFacts] = {}
    for row in rows:
        seen.setdefault(row[0].id, _facts(row))
    return list(seen.values())


def _facts(row: CustomerRow) -> CustomerFacts:
    customer, account, phone, plan = row
    return CustomerFacts(
        customer_id=customer.id,
        number=customer.number,
        name=customer.name,
        first_name=customer.first_name,
        language=customer.language,
        phone=phone or "",
        account_id=account.id,
        plan_code=plan.code if plan else "",
        plan_name=plan.name[customer.language] if plan else "",
        customer_since=customer.since,
    )
