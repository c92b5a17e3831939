"""What the API's tests share: somebody who was charged twice, and a program with a token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.run import issue_due
from billing_backend.policy import Policy
from tests.integration.billing.conftest import subscriber

__all__ = ["subscriber"]

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
async def account(sessions: Sessions, subscriber: Subscriber) -> UUID:
    """Somebody who was charged twice for one plan in October and November."""
    async with transaction(sessions) as session:
        account = await subscriber(session, twice=True)
        for day in (date(2026, 10, 1), date(2026, 11, 1)):
            await issue_due(session, as_of=day, now=NOW, policy=POLICY)
    return account


@pytest.fixture
async def api(sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
    app.include_router(make_billing_api(sessions, billing, FixedClock(NOW), "secret"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://billing/api/billing/v1",
        headers={"Authorization": "Bearer secret"},
    ) as client:
        yield client
