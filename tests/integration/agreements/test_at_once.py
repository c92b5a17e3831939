"""Many who change one account at the same moment: one change is made, the others hear of it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from sqlalchemy import func, select

from billing_backend.agreements.models import ServiceChange
from billing_backend.contract import ChangeDone
from billing_backend.customers.models import Subscription
from billing_backend.db import Sessions, transaction

from .conftest import Shop

NOV, TODAY = date(2026, 11, 1), date(2026, 11, 16)


async def changes(sessions: Sessions, account: Any, key: str) -> Any:
    async with transaction(sessions) as session:
        return await Shop(session).changes(account, TODAY, "plan", "SMALL", key=key)


async def founded(sessions: Sessions) -> Any:
    async with transaction(sessions) as session:
        shop = Shop(session)
        await shop.opens()
        account = await shop.customer("BIG")
        await shop.bills(NOV)
    return account


async def made(sessions: Sessions) -> tuple[int, int]:
    """How many changes, how many subscriptions to the new plan."""
    async with sessions() as session:
        orders = await session.scalar(select(func.count()).select_from(ServiceChange))
        begun = await session.scalar(
            select(func.count()).where(Subscription.product_code == "SMALL")
        )
        return int(orders or 0), int(begun or 0)


async def test_of_several_at_once_one_is_made(sessions: Sessions) -> None:
    account = await founded(sessions)
    answers = await asyncio.gather(*(changes(sessions, account, f"key {n}") for n in range(6)))
    done = [each for each in answers if isinstance(each, ChangeDone)]
    refused = [each.reason for each in answers if not isinstance(each, ChangeDone)]
    assert len(done) == 1
    assert refused == ["already_scheduled"] * 5
    assert await made(sessions) == (1, 1)


async def test_one_key_at_once_is_one_change_and_one_answer(sessions: Sessions) -> None:
    account = await founded(sessions)
    answers = await asyncio.gather(*(changes(sessions, account, "one") for _ in range(6)))
    assert all(each == answers[0] for each in answers)
    assert await made(sessions) == (1, 1)
