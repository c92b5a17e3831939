"""Does the decision table say what the business means, and does it explain itself?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import billing_backend.discounts.table as table_module
from billing_backend.contract import Tier
from billing_backend.discounts.facts import REASONS, Outcome, RetentionFacts
from billing_backend.discounts.table import (
    BrokenTable,
    DecisionTable,
    Failed,
    nearest,
    retention_table,
)
from billing_backend.discounts.terms import Terms, terms_of
from billing_backend.money import Money
from billing_backend.policy import Policy

TEXT = Path(table_module.__file__).with_name("retention.json").read_text(encoding="utf-8")
VAT = 2_100

# Ana: 38 months with us, always on time, plan of 62.00 RON without tax
ANA: dict[str, Any] = {
    "reason": "price_increase",
    "offer_number": 1,
    "authority_tier": 1,
    "tenure_months": 38,
    "on_time_of_last_12": 11,
    "arrears_minor": 0,
    "months_since_last_discount": None,
    "minimum_term_left_months": 0,
    "plan": "INTERNET_1000",
    "monthly_fee_minor": 6_200,
}


def ana(**different: Any) -> RetentionFacts:
    return RetentionFacts.model_validate({**ANA, **different})


@pytest.mark.parametrize(
    ("different", "rule"),
    [
        ({}, "loyal_first"),
        ({"reason": "too_expensive"}, "loyal_first"),  # the words change nothing
        ({"reason": "competitor"}, "loyal_first"),
        ({"reason": "leaving"}, "loyal_first"),
        ({"reason": "leaving", "authority_tier": 2}, "leaving_long_standing"),
        ({"reason": "leaving", "authority_tier": 2, "tenure_months": 35}, "loyal_first"),
        (
            {"reason": "leaving", "authority_tier": 2, "minimum_term_left_months": 4},
            "loyal_first",
        ),
        (
            {"reason": "leaving", "authority_tier": 2, "months_since_last_discount": 11},
            "loyal_first",
        ),
        (
            {"reason": "leaving", "authority_tier": 2, "months_since_last_discount": 12},
            "leaving_long_standing",
        ),
        ({"offer_number": 2}, "loyal_second"),
        ({"offer_number": 3}, "no_rule"),
        ({"tenure_months": 12}, "loyal_first"),
        ({"tenure_months": 11}, "newer_first"),
        ({"tenure_months": 3}, "newer_first"),
        ({"tenure_months": 2}, "no_rule"),
        ({"tenure_months": 5, "offer_number": 2}, "no_rule"),
        ({"tenure_months": 5, "on_time_of_last_12": 1}, "no_rule"),
        ({"on_time_of_last_12": 10}, "loyal_first"),
        ({"on_time_of_last_12": 9}, "no_rule"),
        ({"arrears_minor": 1}, "no_rule"),
        ({"monthly_fee_minor": 2_000}, "loyal_first"),
        ({"monthly_fee_minor": 1_999}, "no_rule"),
    ],
)
def test_each_border_of_the_table(different: dict[str, Any], rule: str) -> None:
    assert retention_table().decide(ana(**different)).rule_id == rule


def test_ana_is_offered_15_percent_for_3_months_from_the_open_invoice() -> None:
    outcome = retention_table().decide(ana())
    terms = offered(outcome, 6_200)

    assert terms is not None
    # 62.00 x 15 % = 9.30, with 21 % VAT 11.25 a month, 33.75 in all
    assert (terms.percent_bp, terms.monthly_net, terms.monthly, terms.amount) == (
        1_500,
        Money(930),
        Money(1_125),
        Money(3_375),
    )
    assert (terms.months, terms.starts, terms.tier) == (3, "open_invoice", Tier.ASSISTANT)


def test_who_is_overdue_learns_what_would_have_to_change() -> None:
    assert retention_table().failed(ana(arrears_minor=4_961))[0] == [
        Failed("loyal_first", "arrears_minor", 4_961, "0", 0)
    ]


def test_the_row_that_came_nearest_is_explained_first() -> None:
    rows = retention_table().failed(ana(tenure_months=2, on_time_of_last_12=2))

    assert rows == [
        [Failed("newer_first", "tenure_months", 2, "[3..11]", 3)],
        [
            Failed("loyal_first", "tenure_months", 2, ">= 12", 12),
            Failed("loyal_first", "on_time_of_last_12", 2, ">= 10", 10),
        ],
    ]


@pytest.mark.parametrize(
    ("expression", "actual", "expected"),
    [
        (">= 12", 5, 12),
        ("> 12", 5, 13),
        ("<= 3", 9, 3),
        ("< 3", 9, 2),
        ("0", 4_961, 0),
        ("== 0", 7, 0),
        ("null, >= 12", 3, 12),
        ("[3..11]", 2, 3),
        ("[3..11]", 14, 11),
        ("'a', 'b'", "c", None),
        ("$ % 2 == 0", 3, None),  # the expression itself has to speak
    ],
)
def test_the_nearest_value_that_would_pass(
    expression: str, actual: Any, expected: int | None
) -> None:
    assert nearest(expression, actual) == expected


FACTS = st.builds(
    lambda **facts: RetentionFacts.model_validate(facts),
    reason=st.sampled_from(REASONS),
    offer_number=st.integers(1, 4),
    authority_tier=st.sampled_from([1, 2, 3]),
    tenure_months=st.integers(0, 60),
    on_time_of_last_12=st.integers(0, 12),
    arrears_minor=st.sampled_from([0, 0, 0, 500]),
    months_since_last_discount=st.one_of(st.none(), st.integers(0, 24)),
    minimum_term_left_months=st.integers(0, 24),
    plan=st.just("INTERNET_300"),
    monthly_fee_minor=st.integers(0, 20_000),
)


@given(facts=FACTS)
def test_every_customer_gets_one_explicit_answer(facts: RetentionFacts) -> None:
    outcome = retention_table().decide(facts)
    explained = retention_table().failed(facts)

    assert (outcome.kind == "none") == (outcome.rule_id == "no_rule")
    assert all(outcome.rule_id != failed.rule_id for row in explained for failed in row)


@given(facts=FACTS)
def test_the_nearest_change_really_passes(facts: RetentionFacts) -> None:
    """Changing all that the nearest row misses gives an offer."""
    explained = retention_table().failed(facts)
    if retention_table().decide(facts).kind != "none" or not explained:
        return
    changes = {failed.field: failed.nearest for failed in explained[0]}
    changed = RetentionFacts.model_validate({**facts.model_dump(), **changes})

    assert retention_table().decide(changed).kind != "none"


@given(facts=FACTS)
def test_insisting_never_pays(facts: RetentionFacts) -> None:
    """The second offer is never worth more than the first."""
    worth = []
    for number in (1, 2, 3):
        asked = RetentionFacts.model_validate({**facts.model_dump(), "offer_number": number})
        terms = offered(retention_table().decide(asked), facts.monthly_fee_minor)
        worth.append(0 if terms is None else terms.amount.minor)

    assert worth == sorted(worth, reverse=True)


@given(facts=FACTS)
def test_the_assistant_is_only_given_rows_of_its_own_tier(
    facts: RetentionFacts,
) -> None:
    outcome = retention_table().decide(
        RetentionFacts.model_validate({**facts.model_dump(), "authority_tier": 1})
    )

    assert outcome.tier == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenure_months": "38"},
        {"tenure_months": 38.0},
        {"tenure_months": True},
        {"arrears_minor": -1},
        {"reason": "angry"},
        {"on_time_of_last_12": 13},
        {"surprise": 1},
    ],
)
def test_wrong_facts_never_reach_the_table(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ana(**wrong)


def test_missing_facts_never_reach_the_table() -> None:
    with pytest.raises(ValidationError):
        RetentionFacts.model_validate({k: v for k, v in ANA.items() if k != "arrears_minor"})


def edited(change: str) -> str:
    document = json.loads(TEXT)
    content = document["nodes"][1]["content"]
    if change == "no_last_row":
        del content["rules"][-1]
    elif change == "unknown_fact":
        content["inputs"][0]["field"] = "mood"
    elif change == "same_id":
        content["rules"][1]["_id"] = content["rules"][0]["_id"]
    elif change == "collects":
        content["hitPolicy"] = "collect"
    return json.dumps(document)


@pytest.mark.parametrize("change", ["no_last_row", "unknown_fact", "same_id", "collects"])
def test_a_table_that_does_not_decide_every_case_is_not_loaded(change: str) -> None:
    with pytest.raises(BrokenTable):
        DecisionTable(edited(change))


def test_a_wrong_figure_in_the_table_is_refused_and_not_paid() -> None:
    document = json.loads(TEXT)
    row = document["nodes"][1]["content"]["rules"][1]
    row["out_percent"] = "'15 %'"
    with pytest.raises(ValidationError):
        DecisionTable(json.dumps(document)).decide(ana())


def test_an_edited_table_has_another_version() -> None:
    document = json.loads(TEXT)
    document["nodes"][1]["content"]["rules"][1]["out_percent"] = "1600"

    assert DecisionTable(json.dumps(document)).digest != retention_table().digest


def offered(outcome: Outcome, fee_minor: int) -> Terms | None:
    return terms_of(outcome, Money(fee_minor), VAT, Policy())
