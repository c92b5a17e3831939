"""What stands in the way of a discount, who may give it, and what is it worth?"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.contract import Tier
from billing_backend.discounts.facts import Outcome
from billing_backend.discounts.months import first_of_month, months_between, months_left
from billing_backend.discounts.rules import Refusal, Situation, held_out, refuse, refuse_grant
from billing_backend.discounts.table import Failed
from billing_backend.discounts.terms import Terms, make_terms, terms_of
from billing_backend.money import Money
from billing_backend.policy import Policy

POLICY = Policy()  # assistant 100/150, agent 300/500, supervisor 1,000/2,000 RON


def situation(**different: Any) -> Situation:
    usual: dict[str, Any] = {
        "reason": "too_expensive",
        "offer_number": 1,
        "authority": Tier.ASSISTANT,
        "has_discount": False,
        "months_since_last_discount": None,
        "given_this_year": Money(0),
        "policy": POLICY,
    }
    return Situation(**{**usual, **different})


def terms(ron: int, *, tier: Tier = Tier.ASSISTANT) -> Terms:
    made = make_terms(
        rule_id="rule",
        version="1",
        percent_bp=1_000,
        monthly_net=Money(ron * 100),
        tax_rate_bp=0,
        months=1,
        starts="next_invoice",
        tier=tier,
        open_for=timedelta(days=14),
    )
    assert made is not None
    return made


def reasons(refusal: Refusal | None) -> list[str]:
    return [] if refusal is None else [condition.reason for condition in refusal.conditions]


@pytest.mark.parametrize(
    ("different", "ron", "expected"),
    [
        ({}, 100, []),
        ({}, 101, ["above_authority"]),
        ({"given_this_year": Money(5_000)}, 100, []),
        ({"given_this_year": Money(5_001)}, 100, ["yearly_cap"]),
        ({}, 151, ["above_authority", "yearly_cap"]),
        ({"has_discount": True, "months_since_last_discount": 0}, 50, ["already_discounted"]),
        ({"months_since_last_discount": 0}, 50, ["cooldown"]),
        ({"months_since_last_discount": 5}, 50, ["cooldown"]),
        ({"months_since_last_discount": 6}, 50, []),
        ({"offer_number": 2}, 50, []),
        ({"offer_number": 3}, 50, ["no_rule"]),
        (
            {"months_since_last_discount": 1, "given_this_year": Money(15_000)},
            120,
            ["cooldown", "above_authority", "yearly_cap"],
        ),
    ],
)
def test_every_condition_that_failed_is_named(
    different: dict[str, Any], ron: int, expected: list[str]
) -> None:
    refusal = refuse(terms(ron), [], situation(**different))

    assert reasons(refusal) == expected
    if refusal is not None:
        assert refusal.reason == expected[0]


def test_the_table_gives_the_reason_of_the_row_that_came_nearest() -> None:
    failed = [
        [Failed("loyal", "arrears_minor", 4_961, "0", 0)],
        [Failed("newer", "tenure_months", 22, "[3..11]", 11)],
    ]
    refusal = refuse(None, failed, situation())

    assert refusal is not None
    assert (refusal.reason, reasons(refusal)) == ("arrears", ["arrears", "no_rule"])
    assert refusal.conditions[0].nearest == 0


def test_when_no_row_is_meant_for_it_there_is_still_a_reason() -> None:
    assert reasons(refuse(None, [], situation())) == ["no_rule"]


@pytest.mark.parametrize(
    ("authority", "ron", "given_ron", "needs"),
    [
        (Tier.ASSISTANT, 101, 0, Tier.AGENT),
        (Tier.ASSISTANT, 301, 0, Tier.SUPERVISOR),
        (Tier.ASSISTANT, 1_001, 0, None),  # nobody may
        (Tier.ASSISTANT, 50, 101, Tier.AGENT),
        (Tier.AGENT, 300, 0, None),  # the agent may
        (Tier.AGENT, 301, 0, Tier.SUPERVISOR),
        (Tier.AGENT, 100, 450, Tier.SUPERVISOR),
        (Tier.SUPERVISOR, 1_000, 1_000, None),
    ],
)
def test_above_ones_authority_the_next_tier_that_may_is_named(
    authority: Tier, ron: int, given_ron: int, needs: Tier | None
) -> None:
    asked = situation(authority=authority, given_this_year=Money(given_ron * 100))
    refusal = refuse_grant(terms(ron), asked)

    assert (None if refusal is None else refusal.needs) == needs


def test_a_row_of_a_higher_tier_needs_that_tier() -> None:
    refusal = refuse(terms(10, tier=Tier.AGENT), [], situation())

    assert refusal is not None
    assert (refusal.reason, refusal.needs) == ("above_authority", Tier.AGENT)


def test_nobody_is_sent_to_a_higher_tier_that_could_not_help() -> None:
    refusal = refuse(terms(120), [], situation(months_since_last_discount=1))

    assert refusal is not None
    assert refusal.needs is None


def test_the_cooldown_does_not_bind_a_persons_own_grant_but_stacking_does() -> None:
    agent = situation(authority=Tier.AGENT, months_since_last_discount=1)
    assert refuse_grant(terms(50), agent) is None

    running = situation(authority=Tier.AGENT, has_discount=True)
    assert reasons(refuse_grant(terms(50), running)) == ["already_discounted"]


@given(
    fee=st.integers(0, 50_000),
    percent=st.integers(0, 10_000),
    months=st.integers(0, 24),
    cap=st.one_of(st.just(0), st.integers(1, 20_000)),
    rate=st.sampled_from([0, 1_900, 2_100]),
)
def test_an_offers_months_sum_to_its_amount_and_stay_under_the_cap(
    fee: int, percent: int, months: int, cap: int, rate: int
) -> None:
    made = terms_of(outcome(percent=percent, months=months, cap=cap), Money(fee), rate, POLICY)
    if made is None:
        return

    assert made.amount == made.monthly * made.months
    assert made.monthly_net.minor <= fee
    assert cap == 0 or made.amount.minor <= cap


def test_a_fixed_amount_is_never_more_than_the_fee() -> None:
    made = terms_of(outcome(kind="amount", amount=9_000), Money(2_450), 2_100, POLICY)

    assert made is not None
    assert (made.percent_bp, made.monthly_net, made.monthly) == (None, Money(2_450), Money(2_965))


def test_an_offer_is_open_as_long_as_its_row_says_or_else_as_usual() -> None:
    usual = terms_of(outcome(), Money(5_000), 0, POLICY)
    short = terms_of(outcome(expiry=3), Money(5_000), 0, POLICY)

    assert usual is not None
    assert short is not None
    assert (usual.open_for, short.open_for) == (timedelta(days=14), timedelta(days=3))


def test_a_tenth_is_held_out_for_ever_and_nobody_when_the_share_is_nothing() -> None:
    customers = [UUID(int=number) for number in range(10_000)]
    held = [each for each in customers if held_out(each, "loyal_first", POLICY)]

    # 10 % of 10,000 is 1,000; three standard deviations are 90
    assert 910 <= len(held) <= 1_090
    assert held == [each for each in customers if held_out(each, "loyal_first", POLICY)]
    assert not any(held_out(each, "loyal_first", Policy(holdout_bp=0)) for each in customers)


def test_another_rule_or_salt_draws_anew() -> None:
    customers = [UUID(int=number) for number in range(2_000)]
    draws = [
        [held_out(each, rule, Policy(holdout_salt=salt)) for each in customers]
        for rule, salt in [("a", "1"), ("b", "1"), ("a", "2")]
    ]

    assert draws[0] != draws[1]
    assert draws[0] != draws[2]


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2025, 11, 24), date(2026, 11, 24), 12),
        (date(2025, 11, 25), date(2026, 11, 24), 11),
    ],
)
def test_tenure_counts_whole_months(earlier: date, later: date, months: int) -> None:
    assert months_between(earlier, later) == months


@pytest.mark.parametrize(
    ("billed", "left"),
    [
        (None, 3),
        (date(2026, 10, 1), 3),
        (date(2026, 11, 1), 2),
        (date(2027, 1, 1), 0),
        (date(2028, 1, 1), 0),
    ],
)
def test_the_months_of_a_discount_run_out_as_they_are_billed(
    billed: date | None, left: int
) -> None:
    assert months_left(date(2026, 11, 1), 3, billed) == left


@given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), plus=st.integers(-30, 30))
def test_months_are_added_on_first_days(day: date, plus: int) -> None:
    first = first_of_month(day, plus)

    assert first.day == 1
    assert (first.year - day.year) * 12 + first.month - day.month == plus


def test_everybody_can_be_drawn() -> None:
    assert held_out(uuid4(), "any", Policy(holdout_bp=10_000))


def outcome(
    *,
    kind: str = "percent",
    percent: int = 1_000,
    amount: int = 0,
    months: int = 1,
    cap: int = 0,
    expiry: int = 0,
) -> Outcome:
    return Outcome.model_validate(
        {
            "rule_id": "rule",
            "version": "1",
            "kind": kind,
            "percent_bp": percent,
            "amount_minor": amount,
            "months": months,
            "cap_minor": cap,
            "expiry_days": expiry,
            "tier": 1,
            "starts": "next_invoice",
        }
    )
