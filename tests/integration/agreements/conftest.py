"""What the tests of agreements share: a small shop, its customers, and the real billing run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend import BuiltInBilling
from billing_backend.catalogue.models import Price, Product, Promotion
from billing_backend.contract import (
    Authority,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    InvoiceFacts,
    Tier,
    Wish,
)
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
from billing_backend.discounts import lines_for_period
from billing_backend.invoices.run import issue_due
from billing_backend.policy import Policy

POLICY = Policy()
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
LONG_AGO = date(2020, 1, 1)
# Net bani a period; DATA is for each GB above the allowance.
PRICES = {"SMALL": 2450, "MIDDLE": 4100, "BIG": 7400, "NET": 3300, "ROAMING": 1600, "SPORT": 2000}


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


class Shop:
    """A catalogue, one account at a time, and time that passes by running the billing."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.billing = BuiltInBilling(POLICY, code_key=b"a key")
        self._serial = 0

    async def opens(self) -> None:
        add = self.session.add
        add(_product("DATA", "usage", "mobile"))
        await self.session.flush()
        for code, allowance in (("SMALL", 10), ("MIDDLE", 50), ("BIG", 200)):
            add(_product(code, "plan", "mobile", allowance=allowance, usage_code="DATA", unit="GB"))
        add(_product("NET", "plan", "internet"))
        add(_product("ROAMING", "add_on", "mobile", goes_with=["mobile"]))
        add(_product("SPORT", "add_on", "tv"))
        add(_product("ROUTER", "add_on", "internet", goes_with=["internet"]))
        await self.session.flush()
        for code, net_minor in {**PRICES, "ROUTER": 800, "DATA": 400}.items():
            add(_price(code, LONG_AGO, net_minor))
        await self.session.flush()

    async def customer(
        self,
        plan: str = "MIDDLE",
        *,
        billing_day: int = 1,
        since: date = date(2026, 11, 1),
        term_until: date | None = None,
    ) -> UUID:
        """An account with a plan; answers its id."""
        self._serial += 1
        customer = Customer(
            number=customer_number(self._serial),
            name=f"Client {self._serial}",
            first_name="Client",
            language="ro",
            since=since,
        )
        self.session.add(customer)
        await self.session.flush()
        account = Account(
            customer_id=customer.id, currency="RON", billing_day=billing_day, opened_on=since
        )
        phone = Contact(
            customer_id=customer.id, kind="phone", value=f"+40700{self._serial:06d}", position=0
        )
        self.session.add_all([account, phone])
        await self.session.flush()
        await self.subscribes(account.id, plan, since=since, term_until=term_until)
        return account.id

    async def subscribes(
        self, account_id: UUID, product: str, *, since: date, term_until: date | None = None
    ) -> UUID:
        order = ServiceOrder(
            id=uuid4(),
            account_id=account_id,
            action="start",
            product_code=product,
            quantity=1,
            ordered_at=at(since),
            ordered_by="customer",
            channel="shop",
        )
        self.session.add(order)
        await self.session.flush()
        subscription = Subscription(
            id=uuid4(),
            account_id=account_id,
            product_code=product,
            starts_on=since,
            start_order_id=order.id,
            minimum_term_until=term_until,
        )
        self.session.add(subscription)
        await self.session.flush()
        return subscription.id

    async def promotes(self, subscription_id: UUID, percent_bp: int, until: date) -> None:
        code = f"PROMO_{percent_bp}"
        if await self.session.get(Promotion, code) is None:
            self.session.add(
                Promotion(
                    code=code,
                    name={"ro": "Promoție", "en": "Promotion"},
                    product_code="MIDDLE",
                    percent_bp=percent_bp,
                    months=12,
                )
            )
            await self.session.flush()
        self.session.add(
            AgreedPromotion(
                subscription_id=subscription_id,
                promotion_code=code,
                starts_on=LONG_AGO,
                ends_on=until,
            )
        )
        await self.session.flush()

    async def reprices(self, product: str, since: date, net_minor: int) -> None:
        await self.session.merge(_price(product, since, net_minor))
        await self.session.flush()

    async def used(self, account_id: UUID, period_start: date, quantity: int) -> None:
        plan = await self.session.scalar(
            select(Subscription.id).where(Subscription.account_id == account_id).limit(1)
        )
        assert plan is not None
        self.session.add(Usage(subscription_id=plan, period_start=period_start, quantity=quantity))
        await self.session.flush()

    async def bills(self, *days: date) -> None:
        """The billing run of each of these days."""
        for day in days:
            page = await issue_due(
                self.session,
                as_of=day,
                issued_on=day,
                now=at(day),
                policy=POLICY,
                discounts_due=lines_for_period,
            )
            assert page.parked == ()

    async def previews(
        self, account_id: UUID, today: date, kind: str, product: str | None = None, **wish: Any
    ) -> ChangePreview | ChangeRefused:
        return await self.billing.preview_change(
            self.session, account_id, Wish(kind, product, **wish), now=at(today)
        )

    async def changes(
        self,
        account_id: UUID,
        today: date,
        kind: str,
        product: str | None = None,
        *,
        promise: str | None = None,
        key: str | None = None,
        authority: Authority = ASSISTANT,
        **wish: Any,
    ) -> ChangeDone | ChangeRefused:
        return await self.billing.change_services(
            self.session,
            account_id,
            Wish(kind, product, **wish),
            promise=promise,
            channel="telegram",
            authority=authority,
            key=key or uuid4().hex,
            now=at(today),
        )

    async def invoices(self, account_id: UUID, today: date) -> Sequence[InvoiceFacts]:
        """Newest first."""
        return await self.billing.invoices(self.session, account_id, today=today)


def _product(code: str, kind: str, family: str, **more: Any) -> Product:
    return Product(
        code=code,
        kind=kind,
        family=family,
        name={"ro": f"Abonament {code.title()}", "en": f"{code.title()} plan"},
        on_sale_from=LONG_AGO,
        **more,
    )


def _price(code: str, since: date, net_minor: int) -> Price:
    return Price(
        product_code=code, from_unit=1, valid_from=since, net_minor=net_minor, currency="RON"
    )


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    shop = Shop(session)
    await shop.opens()
    return shop
