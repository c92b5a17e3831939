"""Who is the customer, which accounts have they, and what is owed on one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.arrangements import ArrangementSummary, Instalment
from billing_backend.contract.discounts import GrantSummary
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One of a customer's accounts, as it is told apart from the others."""

    account_id: UUID
    label: str  # what its customer calls it, else the plan's name
    address: str
    plan_code: str
    plan_name: str


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """Who is invoiced, of a business customer."""

    name: str
    tax_id: str  # CUI
    iban: str | None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """`account_id` and the plan are those of the first of `accounts`, or of the one asked for."""

    customer_id: UUID
    number: str
    name: str
    first_name: str
    language: str  # "ro" or "en"
    phone: str
    account_id: UUID
    plan_code: str
    plan_name: str
    customer_since: date
    accounts: tuple[AccountSummary, ...] = ()
    company: CompanyFacts | None = None

    def on(self, account: AccountSummary) -> CustomerFacts:
        """The same customer, speaking of this account."""
        return replace(
            self,
            account_id=account.account_id,
            plan_code=account.plan_code,
            plan_name=account.plan_name,
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed now; `credit` is money of the customer's that no invoice has used yet."""

    due: Money
    due_date: date | None
    overdue: Money
    days_overdue: int
    credit: Money
    open_invoices: int
    grants: tuple[GrantSummary, ...] = ()
    arrangement: ArrangementSummary | None = None
    next_part: Instalment | None = None  # of an arrangement in parts, as much as is left of it


class Accounts(Protocol):
    """Customers and what they owe."""

    async def customer(
        self, session: AsyncSession, customer_id: UUID, *, today: date | None = None
    ) -> CustomerFacts:
        """The plan is the one that runs `today`; None: the one agreed last, even if it is to
        begin later."""
        ...

    async def find_customers(
        self, session: AsyncSession, *, phone: str
    ) -> Sequence[CustomerFacts]: ...

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance: ...
