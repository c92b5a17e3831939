"""What billing's tests share: a customer with a plan, billed by the real run."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Price, Product
from billing_backend.customers.models import Account, Contact, Customer, ServiceOrder, Subscription
from billing_backend.customers.rules import customer_number

Subscriber = Callable[..., Awaitable[UUID]]
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def subscriber() -> Subscriber:
    return make_subscriber


async def make_subscriber(session: AsyncSession, serial: int = 1, *, twice: bool = False) -> UUID:
    """A customer who has one plan of 60.00 net since October 2026; answers the account.

    `twice`: a provisioning error activated the plan a second time from the same order.
    """
    if await session.get(Product, "PLAN") is None:
        await _sell(session)
    customer = Customer(
        number=customer_number(serial),
        name=f"Client {serial}",
        first_name="Client",
        language="ro",
        since=LONG_AGO,
    )
    session.add(customer)
    await session.flush()
    account = Account(customer_id=customer.id, currency="RON", billing_day=1, opened_on=LONG_AGO)
    contact = Contact(
        customer_id=customer.id, kind="phone", value=f"+4070055{serial:04d}", position=0
    )
    session.add_all([account, contact])
    await session.flush()
    order = ServiceOrder(
        account_id=account.id,
        action="start",
        product_code="PLAN",
        quantity=1,
        ordered_at=datetime(2026, 9, 20, tzinfo=UTC),
        ordered_by="customer",
        channel="shop",
    )
    session.add(order)
    await session.flush()
    for _ in range(2 if twice else 1):
        session.add(
            Subscription(
                account_id=account.id,
                product_code="PLAN",
                quantity=1,
                starts_on=date(2026, 10, 1),
                start_order_id=order.id,
            )
        )
    await session.flush()
    return account.id


async def _sell(session: AsyncSession) -> None:
    session.add(
        Product(
            code="PLAN",
            kind="plan",
            family="internet",
            name={"ro": "Abonament", "en": "Plan"},
            on_sale_from=LONG_AGO,
        )
    )
    await session.flush()
    session.add(Price(product_code="PLAN", valid_from=LONG_AGO, net_minor=6000, currency="RON"))
    await session.flush()
