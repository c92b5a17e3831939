"""Do hundreds of customers at the same moment overshoot nothing?"""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.contract import DiscountOffer, DiscountRefused, Granted, OfferGone
from billing_backend.corrections.models import CreditNote
from billing_backend.db import Sessions, transaction
from billing_backend.discounts.models import Grant, OfferRow
from tests.integration.discounts.people import NOW, POLICY, WORTH, Desk

RULE = "loyal_first"


async def test_two_hundred_customers_share_a_budget_for_fifty(
    crowd: list[UUID], sessions: Sessions
) -> None:
    for_fifty = replace(POLICY, discount_budget=WORTH * 50)

    async def ask(account: UUID) -> DiscountOffer | DiscountRefused:
        async with transaction(sessions) as session:
            return await Desk(session, account, for_fifty).proposes()

    answers = await asyncio.gather(*(ask(account) for account in crowd))

    refused = [each.reason for each in answers if isinstance(each, DiscountRefused)]
    assert refused == ["budget_exhausted"] * 150
    async with sessions() as session:
        assert await Desk(session, crowd[0]).budget(RULE) == ((WORTH * 50).minor, 0)


async def test_answers_at_once_leave_the_budget_exact(
    crowd: list[UUID], sessions: Sessions
) -> None:
    """Thirty customers: ten accept, ten decline, ten let it lapse, while the daily job runs."""
    people = crowd[:30]
    offers = {}
    for account in people:
        async with transaction(sessions) as session:
            offers[account] = await Desk(session, account).offers()
    over = next(iter(offers.values())).expires_at

    async def answer(position: int, account: UUID) -> None:
        async with transaction(sessions) as session:
            desk = Desk(session, account)
            if position % 3 == 0:
                await desk.is_granted(offers[account])
            elif position % 3 == 1:
                await desk.declines(offers[account])
            else:
                await discounts.expire_offers(session, NOW)

    await asyncio.gather(*(answer(*each) for each in enumerate(people)))
    async with transaction(sessions) as session:
        assert await discounts.expire_offers(session, over) == 10
    async with sessions() as session:
        assert await Desk(session, people[0]).budget(RULE) == (0, (WORTH * 10).minor)


async def test_twenty_acceptances_at_once_give_one_discount(
    crowd: list[UUID], sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        offer = await Desk(session, crowd[0]).offers()

    async def accept(key: str) -> Granted | OfferGone:
        async with transaction(sessions) as session:
            return await Desk(session, crowd[0]).accepts(offer, key=key)

    # every key comes twice, as a webhook that was delivered again
    answers = await asyncio.gather(*(accept(f"k{number // 2}") for number in range(20)))

    assert len({each.grant_id for each in answers if isinstance(each, Granted)}) == 1
    assert sum(isinstance(each, Granted) for each in answers) == 2
    assert answers.count(OfferGone("already_accepted")) == 18
    assert await rows(sessions, Grant) == await rows(sessions, CreditNote) == 1


async def test_asking_on_twenty_channels_at_once_makes_one_offer(
    crowd: list[UUID], sessions: Sessions
) -> None:
    async def ask() -> DiscountOffer:
        async with transaction(sessions) as session:
            return await Desk(session, crowd[0]).offers()

    answers = await asyncio.gather(*(ask() for _ in range(20)))

    assert len({each.offer_id for each in answers}) == 1
    assert await rows(sessions, OfferRow) == 1


async def test_agents_and_the_customer_at_once_make_one_discount(
    crowd: list[UUID], sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        offer = await Desk(session, crowd[0]).offers()

    async def act(session: AsyncSession, number: int) -> object:
        desk = Desk(session, crowd[0])
        return await (desk.accepts(offer) if number == 0 else desk.grants())

    async def alone(number: int) -> object:
        async with transaction(sessions) as session:
            return await act(session, number)

    answers = await asyncio.gather(*(alone(number) for number in range(10)))

    assert sum(isinstance(each, Granted) for each in answers) == 1
    assert await rows(sessions, Grant) == 1


async def rows(sessions: Sessions, model: type[Grant] | type[CreditNote] | type[OfferRow]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0
