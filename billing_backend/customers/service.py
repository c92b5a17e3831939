"""Who is this customer, and which customers have this phone number?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import AccountSummary, CompanyFacts, CustomerFacts
from billing_backend.customers import repository
from billing_backend.customers.models import Customer
from billing_backend.customers.repository import CustomerRow
from billing_backend.customers.rules import e164
from billing_backend.errors import NotFound


async def customer(
    session: AsyncSession, customer_id: UUID, *, today: date | None = None
) -> CustomerFacts:
    """With the plans that run `today` (None: those agreed last). Raises NotFound when nobody has
    this id."""
    found = _each(await repository.by_ids(session, [customer_id], today))
    if not found:
        raise NotFound("customer", customer_id)
    return found[0]


async def customer_of_account(
    session: AsyncSession, account_id: UUID, *, today: date | None = None
) -> CustomerFacts:
    """The account's owner, as if it had no other account. Raises NotFound when there is no such
    account."""
    found = _each(await repository.by_account(session, account_id, today))
    if not found:
        raise NotFound("account", account_id)
    return found[0]


async def find_customers(session: AsyncSession, *, phone: str) -> Sequence[CustomerFacts]:
    """Everybody with this number among their contacts: none, one, or several."""
    plain = e164(phone)
    return [] if plain is None else _each(await repository.by_phone(session, plain))


async def find_by_number(session: AsyncSession, *, number: str) -> Sequence[CustomerFacts]:
    """The one customer with this customer number, or none."""
    return _each(await repository.by_number(session, number))


def _each(rows: Sequence[CustomerRow]) -> list[CustomerFacts]:
    """One value per customer: their first account speaks for them."""
    by_customer: dict[UUID, list[CustomerRow]] = {}
    for row in rows:
        by_customer.setdefault(row[0].id, []).append(row)
    return [_facts(accounts) for accounts in by_customer.values()]


def _facts(rows: Sequence[CustomerRow]) -> CustomerFacts:
    customer, _, phone, _ = rows[0]
    accounts = tuple(_account(row) for row in rows)
    return CustomerFacts(
        customer_id=customer.id,
        number=customer.number,
        name=customer.name,
        first_name=customer.first_name,
        language=customer.language,
        phone=phone or "",
        account_id=accounts[0].account_id,
        plan_code=accounts[0].plan_code,
        plan_name=accounts[0].plan_name,
        customer_since=customer.since,
        accounts=accounts,
        company=_company(customer),
    )


def _account(row: CustomerRow) -> AccountSummary:
    customer, account, _, plan = row
    plan_name = plan.name[customer.language] if plan else ""
    return AccountSummary(
        account_id=account.id,
        label=account.label or plan_name,
        address=account.address or "",
        plan_code=plan.code if plan else "",
        plan_name=plan_name,
    )


def _company(customer: Customer) -> CompanyFacts | None:
    if customer.company_name is None or customer.tax_id is None:
        return None
    return CompanyFacts(customer.company_name, customer.tax_id, customer.iban)
