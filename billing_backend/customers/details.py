"""Who is invoiced, and what is an account called?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.contract import Authority, CompanyFacts
from billing_backend.customers import repository, rules
from billing_backend.errors import NotFound
from billing_backend.idempotency import once


@dataclass(frozen=True, slots=True)
class DetailsRefused:
    """reason: name_missing, wrong_tax_id, wrong_iban."""

    reason: str


_COMPANY: TypeAdapter[CompanyFacts | DetailsRefused] = TypeAdapter(CompanyFacts | DetailsRefused)
_NOTHING: TypeAdapter[None] = TypeAdapter(None)


async def make_business(
    session: AsyncSession,
    customer_id: UUID,
    *,
    company_name: str,
    tax_id: str,
    iban: str | None,
    authority: Authority,
    key: str,
    now: datetime,
) -> CompanyFacts | DetailsRefused:
    """Invoices a company from now on, or corrects its details, once per key.

    The CUI and the IBAN are checked by their check digits. NotFound without such a customer.
    """

    async def work() -> CompanyFacts | DetailsRefused:
        customer = await repository.lock_customer(session, customer_id)
        if customer is None:
            raise NotFound("customer", customer_id)
        company = _checked(company_name, tax_id, iban)
        if isinstance(company, CompanyFacts):
            customer.kind = "business"
            customer.company_name = company.name
            customer.tax_id = company.tax_id
            customer.iban = company.iban
            await _note(session, authority, "customer.company_set", f"customer:{customer_id}", now)
        return company

    request = {
        "do": "make_business",
        "customer": customer_id,
        "name": company_name,
        "tax_id": tax_id,
        "iban": iban,
    }
    return await once(session, key, request, _COMPANY, work)


async def name_account(
    session: AsyncSession,
    account_id: UUID,
    *,
    label: str,
    address: str,
    authority: Authority,
    key: str,
    now: datetime,
) -> None:
    """What its customer calls the account, and where the service is; empty words: nothing.

    NotFound without such an account.
    """

    async def work() -> None:
        account = await repository.lock_account(session, account_id)
        if account is None:
            raise NotFound("account", account_id)
        account.label = label.strip() or None
        account.address = address.strip() or None
        await _note(session, authority, "account.named", f"account:{account_id}", now)

    request = {"do": "name_account", "account": account_id, "label": label, "address": address}
    await once(session, key, request, _NOTHING, work)


def _checked(name: str, tax_id: str, iban: str | None) -> CompanyFacts | DetailsRefused:
    if not name.strip():
        return DetailsRefused("name_missing")
    number = rules.tax_id(tax_id)
    if number is None:
        return DetailsRefused("wrong_tax_id")
    account = rules.iban(iban) if iban else None
    if iban and account is None:
        return DetailsRefused("wrong_iban")
    return CompanyFacts(name.strip(), number, account)


async def _note(
    session: AsyncSession, authority: Authority, action: str, subject: str, now: datetime
) -> None:
    await audit.record(
        session, actor=authority.name, action=action, subject=subject, details={}, now=now
    )
