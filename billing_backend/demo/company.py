"""Which rows is the demo company made of, before its first invoice?

Pure: the same day gives the same rows, ids included.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

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
from billing_backend.db import Base
from billing_backend.demo.cast import Person
from billing_backend.invoices.periods import months_back, period_of

MONTHS = 12
_IDS = UUID("6f1d2f0e-6a43-4c39-9a0b-6d6f2d0c5a11")
_LONG_AGO = date(2016, 1, 1)


@dataclass(slots=True)
class Company:
    """Rows by table; `habits` are days after the due date on which an account pays (negative:
    before), `defaulters` the accounts that leave their newest invoice unpaid."""

    today: date
    currency: str
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    pins: dict[UUID, str] = field(default_factory=dict)  # by customer
    habits: dict[UUID, int] = field(default_factory=dict)
    defaulters: set[UUID] = field(default_factory=set)

    def period_starts(self, billing_day: int) -> list[date]:
        """The first days of the last 12 periods, oldest first."""
        days = [months_back(self.today, months) for months in reversed(range(MONTHS))]
        return [period_of(billing_day, day).start for day in days]

    def customer(
        self, person: Person, *, since: date, billing_day: int, pays: int, in_cast: bool = False
    ) -> UUID:
        """A customer with one account; answers the account's id. `pays`: see `habits`."""
        assert person.customer_number is not None
        customer_id = made_id("customer", person.key)
        self.rows[Customer].append(
            {
                "id": customer_id,
                "number": person.customer_number,
                "name": person.name,
                "first_name": person.first_name,
                "language": person.language,
                "since": since,
                "never_held_out": in_cast,
                "kind": "residential",
                "company_name": None,
                "tax_id": None,
                "iban": None,
            }
        )
        self.contact(customer_id, "phone", person.phone)
        return self.account(
            customer_id, person.key, since=since, billing_day=billing_day, pays=pays
        )

    def account(
        self, customer_id: UUID, key: str, *, since: date, billing_day: int, pays: int
    ) -> UUID:
        account_id = made_id("account", key)
        self.rows[Account].append(
            {
                "id": account_id,
                "customer_id": customer_id,
                "currency": self.currency,
                "billing_day": billing_day,
                "opened_on": since,
                "label": None,
                "address": None,
            }
        )
        self.habits[account_id] = pays
        return account_id

    def change(self, model: type[Base], row_id: UUID, **values: Any) -> None:
        """Other values for a row that is there already."""
        [row] = [each for each in self.rows[model] if each["id"] == row_id]
        row.update(values)

    def contact(self, customer_id: UUID, kind: str, value: str) -> None:
        self.rows[Contact].append(
            {
                "id": made_id("contact", kind, value),
                "customer_id": customer_id,
                "kind": kind,
                "value": value,
                "position": 0,
            }
        )

    def subscribe(
        self,
        account_id: UUID,
        product: str,
        starts_on: date,
        *,
        ends_on: date | None = None,
        billed_here_from: date | None = None,
        order: UUID | None = None,
        channel: str = "website",
    ) -> UUID:
        """A product with the order that asked for it (`order`: one that is there already)."""
        order_id = order or self._order(account_id, product, starts_on, channel)
        serial = len(self.rows[Subscription])
        subscription_id = made_id("subscription", str(account_id), product, str(serial))
        self.rows[Subscription].append(
            {
                "id": subscription_id,
                "account_id": account_id,
                "product_code": product,
                "quantity": 1,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "billed_here_from": billed_here_from,
                "minimum_term_until": None,
                "agreed_net_minor": None,
                "agreed_until": None,
                "start_order_id": order_id,
                "end_order_id": None,
            }
        )
        return subscription_id

    def order_of(self, subscription_id: UUID) -> UUID:
        [order_id] = [
            row["start_order_id"] for row in self.rows[Subscription] if row["id"] == subscription_id
        ]
        return UUID(str(order_id))

    def promise(self, subscription_id: UUID, code: str, starts_on: date, ends_on: date) -> None:
        self.rows[AgreedPromotion].append(
            {
                "id": made_id("promotion", str(subscription_id), code),
                "subscription_id": subscription_id,
                "promotion_code": code,
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
        )

    def used(self, subscription_id: UUID, period_start: date, quantity: int) -> None:
        self.rows[Usage].append(
            {
                "subscription_id": subscription_id,
                "period_start": period_start,
                "quantity": quantity,
            }
        )

    def _order(self, account_id: UUID, product: str, day: date, channel: str) -> UUID:
        order_id = made_id("order", str(account_id), product, str(day))
        self.rows[ServiceOrder].append(
            {
                "id": order_id,
                "account_id": account_id,
                "action": "start",
                "product_code": product,
                "quantity": 1,
                "ordered_at": datetime.combine(day, time(9), UTC) - timedelta(days=1),
                "ordered_by": "customer",
                "channel": channel,
            }
        )
        return order_id


def with_catalogue(company: Company) -> Company:
    """The products, prices and promotions of catalogue.json."""
    listed = _catalogue()
    for product in sorted(listed["products"], key=lambda each: each["kind"] != "usage"):
        company.rows[Product].append(
            {
                "code": product["code"],
                "kind": product["kind"],
                "family": product["family"],
                "name": product["name"],
                "unit": product.get("unit"),
                "allowance": product.get("allowance"),
                "usage_code": product.get("usage_code"),
                "on_sale_from": _LONG_AGO,
                "on_sale_until": None,
                "goes_with": product.get("goes_with"),
                "minimum_term_months": product.get("minimum_term_months"),
            }
        )
        for months_ago, net_minor in product["prices"]:
            since = _LONG_AGO if months_ago is None else months_back(company.today, months_ago)
            company.rows[Price].append(
                {
                    "product_code": product["code"],
                    "valid_from": since,
                    "net_minor": net_minor,
                    "currency": company.currency,
                }
            )
    company.rows[Promotion] += listed["promotions"]
    return company


def plans(family: str) -> list[dict[str, Any]]:
    return [
        each
        for each in _catalogue()["products"]
        if each["kind"] == "plan" and each["family"] == family
    ]


def add_ons(family: str) -> list[str]:
    return [
        each["code"]
        for each in _catalogue()["products"]
        if each["kind"] == "add_on" and each["family"] == family
    ]


def promotion_of(product: str) -> dict[str, Any] | None:
    for each in _catalogue()["promotions"]:
        if each["product_code"] == product:
            return dict(each)
    return None


def roll(sides: int, *what: object) -> int:
    """A die that always falls the same way for the same thing: 0 to sides - 1."""
    digest = blake2b(repr(what).encode(), digest_size=8).digest()
    return int.from_bytes(digest) % sides


def made_id(*what: str) -> UUID:
    return uuid5(_IDS, "/".join(what))


@cache
def _catalogue() -> dict[str, Any]:
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    listed: dict[str, Any] = json.loads(text)
    return listed
