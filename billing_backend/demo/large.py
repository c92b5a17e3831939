"""How is a company of any size founded, to measure and to try runs that are cut off?

Pure: rows by table, a chunk at a time. Every account gets five lines on each invoice: a mobile
plan with data above its allowance and three options, or an internet plan with a promotion and
three options.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.catalogue.models import Price, Product, Promotion
from billing_backend.customers.models import (
    Account,
    AgreedPromotion,
    Contact,
    Customer,
    ServiceOrder,
    Subscription,
    Usage,
)
from billing_backend.customers.rules import customer_number
from billing_backend.db import Base
from billing_backend.demo.company import Company, made_id, with_catalogue
from billing_backend.invoices.periods import period_of, previous_period

_FIRST_SERIAL = 5_000_000  # beyond the demo company's customers
_ORDERED = datetime(2024, 1, 2, 9, tzinfo=UTC)
_EVER = date(2099, 12, 31)
_MOBILE = ("MOBILE_50", "ROAMING", "SPORT", "FILMS")
_INTERNET = ("INTERNET_1000", "WIFI_ROUTER", "SAFE_NET", "SPORT")
_CATALOGUE = (Product, Price, Promotion)
_ACCOUNTS = (Customer, Contact, Account, ServiceOrder, Subscription, AgreedPromotion, Usage)


async def add_catalogue(session: AsyncSession, today: date, currency: str = "RON") -> None:
    company = with_catalogue(Company(today, currency))
    for model in _CATALOGUE:
        await copy_rows(session, model, company.rows[model])


async def add_accounts(
    session: AsyncSession, *, first: int, count: int, since: date, currency: str = "RON"
) -> None:
    """Accounts number `first` to `first + count - 1`, billed here since the period of `since`."""
    rows = _rows(range(first, first + count), since, currency)
    for model in _ACCOUNTS:
        await copy_rows(session, model, rows[model])


def _rows(
    numbers: Sequence[int], since: date, currency: str
) -> Mapping[type[Base], list[dict[str, Any]]]:
    rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
    for number in numbers:
        key = f"large {number}"
        customer_id, account_id = made_id("customer", key), made_id("account", key)
        billing_day = 1 + number % 28
        period = period_of(billing_day, since)
        rows[Customer].append(
            {
                "id": customer_id,
                "number": customer_number(_FIRST_SERIAL + number),
                "name": f"Client {number}",
                "first_name": "Client",
                "language": "ro",
                "since": period.start,
                "never_held_out": False,
            }
        )
        rows[Contact].append(
            {
                "id": made_id("contact", key),
                "customer_id": customer_id,
                "kind": "phone",
                "value": f"+4079{number:07d}",
                "position": 0,
            }
        )
        rows[Account].append(
            {
                "id": account_id,
                "customer_id": customer_id,
                "currency": currency,
                "billing_day": billing_day,
                "opened_on": period.start,
            }
        )
        mobile = number % 2 == 0
        for product in _MOBILE if mobile else _INTERNET:
            _subscribe(rows, key, product, period.start)
        plan = made_id("subscription", key, (_MOBILE if mobile else _INTERNET)[0])
        if mobile:
            used_in = previous_period(billing_day, period)
            rows[Usage].append(
                {"subscription_id": plan, "period_start": used_in.start, "quantity": 53}
            )
        else:
            rows[AgreedPromotion].append(
                {
                    "id": made_id("promotion", key),
                    "subscription_id": plan,
                    "promotion_code": "FIBRE_1000",
                    "starts_on": period.start,
                    "ends_on": _EVER,
                }
            )
    return rows


def _subscribe(
    rows: dict[type[Base], list[dict[str, Any]]], key: str, product: str, starts_on: date
) -> None:
    account_id, order_id = made_id("account", key), made_id("order", key, product)
    rows[ServiceOrder].append(
        {
            "id": order_id,
            "account_id": account_id,
            "action": "start",
            "product_code": product,
            "quantity": 1,
            "ordered_at": _ORDERED,
            "ordered_by": "customer",
            "channel": "website",
        }
    )
    rows[Subscription].append(
        {
            "id": made_id("subscription", key, product),
            "account_id": account_id,
            "product_code": product,
            "quantity": 1,
            "starts_on": starts_on,
            "ends_on": None,
            "billed_here_from": None,
            "minimum_term_until": None,
            "agreed_net_minor": None,
            "agreed_until": None,
            "start_order_id": order_id,
            "end_order_id": None,
        }
    )
