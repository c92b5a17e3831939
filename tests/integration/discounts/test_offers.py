"""Is an offer reserved before it is heard, the same whoever insists, and over when it is over?"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import DiscountOffer, DiscountRefused, OfferGone, Tier
from billing_backend.discounts.models import Decision, OfferRow
from billing_backend.errors import IdempotencyConflict, NotFound
from billing_backend.money import Money
from tests.integration.discounts.people import (
    AGENT,
    ASSISTANT,
    MONTHLY,
    NOW,
    POLICY,
    TODAY,
    WORTH,
    Desk,
    settle,
)

RULE = "loyal_first"


async def test_ana_hears_an_offer_that_is_already_reserved(ana: Desk) -> None:
    offer = await ana.offers()

    assert (offer.rule_id, offer.percent_bp, offer.months) == (RULE, 1_500, 3)
    assert (offer.monthly_amount, offer.amount) == (MONTHLY, WORTH)
    assert (offer.starts, offer.tier) == ("open_invoice", Tier.ASSISTANT)
    assert offer.expires_at == NOW + timedelta(days=14)
    assert await ana.budget(RULE) == (WORTH.minor, 0)


async def test_asking_again_in_other_words_or_elsewhere_gets_the_same_offer(ana: Desk) -> None:
    offer = await ana.offers("too_expensive")
    elsewhere = replace(ana, conversation=uuid4(), now=NOW + timedelta(days=13))

    assert await ana.offers("competitor") == offer
    assert await elsewhere.offers("leaving") == offer
    assert await ana.budget(RULE) == (WORTH.minor, 0)


async def test_the_same_key_is_answered_alike_even_after_the_offer_was_refused(ana: Desk) -> None:
    first = await ana.proposes(key="k")
    assert isinstance(first, DiscountOffer)
    await ana.declines(first)

    assert await ana.proposes(key="k") == first
    with pytest.raises(IdempotencyConflict):
        await ana.proposes("competitor", key="k")


async def test_a_refused_offer_frees_its_budget_and_a_second_one_is_the_last(ana: Desk) -> None:
    first = await ana.offers()
    await ana.declines(first)
    assert await ana.budget(RULE) == (0, 0)

    second = await ana.offers()
    assert (second.rule_id, second.starts) == ("loyal_second", "next_invoice")
    assert second.amount < first.amount
    await ana.declines(second)

    third = await ana.is_refused()
    assert third.reason == "no_rule"
    assert third.conditions[0]["field"] == "offer_number"
    # nor does another channel help
    assert (await replace(ana, conversation=uuid4()).is_refused()).reason == "no_rule"


async def test_next_month_is_another_episode(ana: Desk) -> None:
    for _ in range(2):
        await ana.declines(await ana.offers())

    next_month = replace(ana, now=NOW + timedelta(days=7))  # 1 December, nothing overdue yet
    assert (await next_month.offers()).rule_id == RULE


async def test_declining_twice_or_declining_somebody_elses_offer_changes_nothing(
    ana: Desk,
) -> None:
    offer = await ana.offers()
    await replace(ana, account=uuid4()).declines(offer)
    assert await ana.budget(RULE) == (WORTH.minor, 0)

    await ana.declines(offer)
    await ana.declines(offer)
    assert await ana.budget(RULE) == (0, 0)
    assert await ana.accepts(offer) == OfferGone("refused")


async def test_an_offer_expires_and_frees_its_budget(ana: Desk) -> None:
    offer = await ana.offers()
    last = replace(ana, now=offer.expires_at - timedelta(seconds=1))
    over = replace(ana, now=offer.expires_at)

    assert await discounts.expire_offers(ana.session, last.now) == 0
    assert await over.accepts(offer) == OfferGone("expired")
    assert await discounts.expire_offers(ana.session, over.now) == 1
    assert await discounts.expire_offers(ana.session, over.now) == 0
    assert await ana.budget(RULE) == (0, 0)
    assert await over.accepts(offer) == OfferGone("expired")


async def test_bogdan_who_is_overdue_learns_what_would_help(ana: Desk) -> None:
    overdue = replace(ana, now=NOW + timedelta(days=20))  # the newest invoice was due meanwhile
    refused = await overdue.is_refused()

    assert refused.reason == "arrears"
    # the plan of 62.00 with 21 % VAT comes to 75.02
    assert refused.conditions[0] == {
        "reason": "arrears",
        "field": "arrears_minor",
        "actual": 7_502,
        "needed": "0",
        "nearest": 0,
        "rule_id": RULE,
    }
    assert refused.needs is None


async def test_elena_who_had_a_discount_last_month_has_to_wait(ana: Desk) -> None:
    await discounts.record_past_grant(
        ana.session, ana.account, date(2026, 10, 24), percent_bp=1_000, months=1, policy=POLICY
    )
    refused = await ana.is_refused()

    assert refused.reason == "cooldown"
    [condition] = refused.conditions
    assert (condition["actual"], condition["nearest"]) == (1, 6)


async def test_whose_discount_still_runs_gets_no_second_one(ana: Desk) -> None:
    await ana.is_granted(await ana.offers())

    assert (await ana.is_refused()).reason == "already_discounted"


async def test_when_the_budget_is_used_up_the_next_month_is_named(ana: Desk) -> None:
    poor = replace(ana, policy=replace(POLICY, discount_budget=Money(WORTH.minor - 1)))
    refused = await poor.is_refused()

    assert refused.reason == "budget_exhausted"
    assert refused.conditions[0]["nearest"] == "2026-12-01"
    assert await ana.budget(RULE) == (0, 0)


async def test_lapsed_offers_give_way_without_waiting_for_the_daily_job(
    ana: Desk, session: AsyncSession
) -> None:
    dan = uuid4()
    await settle(session, [dan])
    for_one = replace(POLICY, discount_budget=WORTH, offer_lifetime=timedelta(days=2))
    await replace(ana, policy=for_one).offers()

    too_early = Desk(session, dan, for_one, NOW + timedelta(days=1))
    assert (await too_early.is_refused()).reason == "budget_exhausted"
    await Desk(session, dan, for_one, NOW + timedelta(days=2)).offers()
    assert await ana.budget(RULE) == (WORTH.minor, 0)


async def test_offers_above_the_assistants_amounts_go_to_the_next_tier(ana: Desk) -> None:
    limits = {**POLICY.discount_per_offer, Tier.ASSISTANT: Money(WORTH.minor - 1)}
    strict = replace(ana, policy=replace(POLICY, discount_per_offer=limits))
    refused = await strict.is_refused()

    assert (refused.reason, refused.needs) == ("above_authority", Tier.AGENT)
    answer = await strict.proposes(authority=AGENT)
    assert isinstance(answer, DiscountOffer)


async def test_a_long_standing_customer_who_leaves_gets_more_from_a_person(ana: Desk) -> None:
    answer = await ana.proposes("leaving", authority=AGENT)

    assert isinstance(answer, DiscountOffer)
    assert (answer.rule_id, answer.percent_bp, answer.tier) == (
        "leaving_long_standing",
        2_500,
        Tier.AGENT,
    )


async def test_who_is_held_out_is_told_nothing_of_it(ana: Desk) -> None:
    experiment = replace(ana, policy=replace(POLICY, holdout_bp=10_000))

    assert await experiment.is_refused() == DiscountRefused("no_rule")
    assert await experiment.is_refused("leaving") == DiscountRefused("no_rule")
    for decision in await ana.decisions():
        assert (decision.outcome, decision.reason, decision.held_out) == (
            "refused",
            "holdout",
            True,
        )
        assert decision.rule_id == RULE  # what they would have got


async def test_who_would_get_nothing_anyhow_is_not_part_of_the_experiment(ana: Desk) -> None:
    everybody = replace(POLICY, holdout_bp=10_000)
    overdue = replace(ana, policy=everybody, now=NOW + timedelta(days=20))

    assert (await overdue.is_refused()).reason == "arrears"
    [decision] = await ana.decisions()
    assert not decision.held_out


async def test_the_cast_is_never_held_out(session: AsyncSession) -> None:
    account = uuid4()
    await settle(session, [account], never_held_out=True)
    desk = Desk(session, account, replace(POLICY, holdout_bp=10_000))

    assert (await desk.offers()).rule_id == RULE


async def test_a_newcomer_gets_the_newcomers_offer(session: AsyncSession) -> None:
    account = uuid4()
    await settle(session, [account], since=date(2026, 5, 20))

    # 62.00 x 10 % = 6.20, with VAT 7.50, for 2 months
    offer = await Desk(session, account).offers()
    assert (offer.rule_id, offer.amount) == ("newer_first", Money(1_500))


async def test_when_the_newest_invoice_is_paid_the_discount_starts_with_the_next(
    session: AsyncSession,
) -> None:
    account = uuid4()
    await settle(session, [account], newest_paid=True)

    assert (await Desk(session, account).offers()).starts == "next_invoice"


async def test_every_decision_keeps_its_facts_rule_and_version(ana: Desk) -> None:
    offer = await ana.offers()
    [decision] = await ana.decisions()

    assert (decision.outcome, decision.offer_id, decision.actor) == (
        "offered",
        offer.offer_id,
        "assistant",
    )
    assert decision.facts == {
        "reason": "price_increase",
        "offer_number": 1,
        "authority_tier": 1,
        "tenure_months": 38,  # 20 September 2023 to 24 November 2026
        "on_time_of_last_12": 11,  # the newest is not due yet
        "arrears_minor": 0,
        "months_since_last_discount": None,
        "minimum_term_left_months": 0,
        "plan": "",
        "monthly_fee_minor": 6_200,
    }
    version, _, digest = decision.rule_version.partition("+")
    assert (version, len(digest)) == ("2026-11", 12)


async def test_offers_and_answers_are_in_the_audit_log(ana: Desk) -> None:
    await ana.declines(await ana.offers())

    entries = (await ana.session.scalars(select(AuditEntry).order_by(AuditEntry.action))).all()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("discount.offered", "assistant"),
        ("discount.refused", "customer"),
    ]
    assert {entry.subject for entry in entries} == {f"account:{ana.account}"}


async def test_the_desk_sees_what_it_could_offer_and_reserves_nothing(ana: Desk) -> None:
    seen = await discounts.allowed_offers(
        ana.session, ana.account, authority=AGENT, now=NOW, policy=POLICY
    )

    assert [each.rule_id for each in seen if isinstance(each, DiscountOffer)] == [
        RULE,
        "leaving_long_standing",
    ]
    assert {each.offer_id for each in seen if isinstance(each, DiscountOffer)} == {UUID(int=0)}
    for model in (OfferRow, Decision):
        assert await ana.session.scalar(select(func.count()).select_from(model)) == 0
    assert await ana.budget(RULE) == (0, 0)


async def test_the_desk_sees_the_offer_that_is_open(ana: Desk) -> None:
    offer = await ana.offers()

    assert await discounts.allowed_offers(
        ana.session, ana.account, authority=AGENT, now=NOW, policy=POLICY
    ) == [offer]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"discount_budget": Money(100)}, "budget_exhausted"),
        ({"holdout_bp": 10_000}, "no_rule"),
    ],
)
async def test_the_desk_sees_why_there_is_nothing_to_offer(
    ana: Desk, change: dict[str, Any], reason: str
) -> None:
    seen = await discounts.allowed_offers(
        ana.session, ana.account, authority=ASSISTANT, now=NOW, policy=replace(POLICY, **change)
    )

    assert [each.reason for each in seen if isinstance(each, DiscountRefused)] == [reason]


async def test_requests_that_make_no_sense_are_errors(ana: Desk) -> None:
    with pytest.raises(ValidationError):
        await ana.proposes("because I say so")
    with pytest.raises(NotFound):
        await replace(ana, account=uuid4()).proposes()
    assert NOW.date() == TODAY
