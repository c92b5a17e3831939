"""The built-in billing keeps every promise of the contract; and the suite would notice if not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Authority, Explanation, Finding, InvoiceFacts, Level
from billing_backend.money import Money
from tests.contract import promises
from tests.contract.promises import PROMISES, Promise
from tests.contract.world import SITUATIONS, World


@pytest.mark.parametrize("promise", PROMISES, ids=lambda each: each.__name__)
async def test_a_promise_is_kept(world: World, promise: Promise) -> None:
    await _in_vain(world, promise)


async def _in_vain(world: World, promise: Promise) -> None:
    """What the promise does is rolled back."""
    async with world.sessions() as session:
        await promise(world, session)
        await session.rollback()


def test_the_world_has_every_situation(world: World) -> None:
    assert world.phones.keys() == SITUATIONS.keys()


class Careless:
    """Billing that breaks promises, one way or another."""

    def __init__(self, billing: Any) -> None:
        self._billing = billing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._billing, name)


class OffByOneBan(Careless):
    async def explain(self, *args: Any, **rest: Any) -> Explanation | None:
        found: Explanation | None = await self._billing.explain(*args, **rest)
        if found is None:
            return None
        first = replace(found.causes[0], amount=found.causes[0].amount + Money(1))
        return replace(found, causes=(first, *found.causes[1:]))


class OldestFirst(Careless):
    async def invoices(self, *args: Any, **rest: Any) -> Sequence[InvoiceFacts]:
        return list(reversed(await self._billing.invoices(*args, **rest)))


class Trusting(Careless):
    async def recognise(self, *args: Any, **rest: Any) -> Any:
        return replace(await self._billing.recognise(*args, **rest), level=Level.VERIFIED)


class Forgetful(Careless):
    """Does again what a key has done already."""

    async def correct(
        self, session: AsyncSession, *args: Any, authority: Authority, key: str, **rest: Any
    ) -> Any:
        self._times = getattr(self, "_times", 0) + 1
        return await self._billing.correct(
            session, *args, authority=authority, key=f"{key}{self._times}", **rest
        )


class Fickle(Careless):
    """Gives a finding another name every time."""

    async def review(self, session: AsyncSession, account_id: UUID, *, today: date) -> Any:
        self._times = getattr(self, "_times", 0) + 1
        found: Sequence[Finding] = await self._billing.review(session, account_id, today=today)
        return [replace(each, finding_id=f"{each.finding_id}{self._times}") for each in found]


@pytest.mark.parametrize(
    ("careless", "promise"),
    [
        (OffByOneBan, promises.causes_sum_to_the_difference),
        (OldestFirst, promises.invoices_come_newest_first),
        (Trusting, promises.a_phone_recognises_and_never_verifies),
        (Forgetful, promises.a_proven_error_is_put_right_once),
        (Fickle, promises.a_proven_error_is_put_right_once),
    ],
)
async def test_a_careless_billing_is_found_out(
    world: World, careless: type[Careless], promise: Promise
) -> None:
    with pytest.raises(AssertionError):
        await _in_vain(replace(world, billing=careless(world.billing)), promise)
