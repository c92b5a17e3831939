"""Which customers are there?"""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.db import Sessions, transaction
from tests.integration.discounts.people import Desk, settle


@pytest.fixture
async def ana(session: AsyncSession) -> Desk:
    """Whose newest invoice is open and not due yet."""
    account = uuid4()
    await settle(session, [account])
    return Desk(session, account)


@pytest.fixture
async def crowd(sessions: Sessions) -> list[UUID]:
    """Two hundred like Ana, committed."""
    accounts = [uuid4() for _ in range(200)]
    async with transaction(sessions) as session:
        await settle(session, accounts)
    return accounts
