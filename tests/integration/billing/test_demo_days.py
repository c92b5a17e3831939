"""Do the demo company's stories hold on any day of the calendar?"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend import BuiltInBilling
from billing_backend.clock import business_date
from billing_backend.customers import find_customers
from billing_backend.demo import cast
from billing_backend.jobs import found_demo
from billing_backend.policy import Policy

POLICY = Policy()


@pytest.mark.parametrize(
    "today", [date(2026, 3, 1), date(2027, 1, 3), date(2028, 2, 29), date(2026, 12, 31)]
)
async def test_the_stories_hold_on_any_day(session: AsyncSession, today: date) -> None:
    now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
    await found_demo(session, now=now, policy=POLICY)
    assert business_date(now) == today
    billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")

    ana = await account_of(session, "ana")
    bogdan = await account_of(session, "bogdan")
    carmen = await account_of(session, "carmen")

    why = await billing.explain(session, ana, month=None, today=today)
    assert why is not None
    assert {cause.kind for cause in why.causes} == {
        "add_on_added",
        "promotion_ended",
        "proration",
    }
    assert why.current.issued_on == today - timedelta(days=4)
    assert (await billing.balance(session, bogdan, today=today)).days_overdue == 1
    assert len(await billing.invoices(session, bogdan, today=today)) == 12
    [finding] = await billing.review(session, carmen, today=today)
    assert finding.kind == "duplicate_charge"


async def account_of(session: AsyncSession, key: str) -> UUID:
    [customer] = await find_customers(session, phone=getattr(cast(), key).phone)
    return customer.account_id
