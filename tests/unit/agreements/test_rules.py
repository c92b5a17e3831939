"""The early-termination fee, months of a term, net amounts of prices with tax, plans compared."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.agreements.amounts import net_of_gross
from billing_backend.agreements.comparing import plan_cost
from billing_backend.agreements.facts import Offered
from billing_backend.agreements.rules import months_left, termination_fee
from billing_backend.customers.rules import iban, tax_id
from billing_backend.money import Money
from billing_backend.policy import Policy

POLICY = Policy()
TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("from_day", "until", "months"),
    [
        (date(2026, 12, 1), None, 0),
        (date(2026, 12, 1), date(2026, 11, 30), 0),
        (date(2026, 12, 1), date(2026, 12, 1), 1),
        (date(2026, 12, 1), date(2026, 12, 31), 1),
        (date(2026, 12, 1), date(2027, 1, 1), 2),
        (date(2027, 1, 31), date(2027, 2, 27), 1),
        (date(2027, 1, 31), date(2027, 2, 28), 2),  # the 31st of February is its last day
        (date(2028, 2, 29), date(2029, 2, 27), 12),
        (date(2028, 2, 29), date(2029, 2, 28), 13),
    ],
)
def test_months_left_of_a_term_a_begun_one_counts(
    from_day: date, until: date | None, months: int
) -> None:
    assert months_left(from_day, until) == months


def test_the_fee_is_half_of_what_is_paid_less_for_each_month_left() -> None:
    # (74.00 - 24.50) x 4 / 2 = 99.00
    fee = termination_fee(
        Money(7400),
        Money(2450),
        from_day=date(2026, 12, 1),
        term_until=date(2027, 3, 15),
        policy=POLICY,
    )
    assert fee == Money(9900)


@given(
    old=st.integers(0, 100_000),
    new=st.integers(0, 100_000),
    days=st.integers(-400, 800),
    share=st.integers(0, 10_000),
)
def test_the_fee_is_never_negative_nor_more_than_what_would_have_been_paid(
    old: int, new: int, days: int, share: int
) -> None:
    until = date.fromordinal(TODAY.toordinal() + days)
    fee = termination_fee(
        Money(old),
        Money(new),
        from_day=TODAY,
        term_until=until,
        policy=Policy(termination_fee_bp=share),
    )
    assert 0 <= fee.minor <= max(old - new, 0) * months_left(TODAY, until)


@given(net=st.integers(1, 10_000_000), rate=st.sampled_from([0, 900, 1100, 1900, 2100]))
def test_a_price_that_a_net_amount_comes_to_is_met_exactly(net: int, rate: int) -> None:
    gross = Money(net) + Money(net).share(rate)
    found = net_of_gross(gross, rate)
    assert found + found.share(rate) == gross


def test_three_bani_are_no_price_with_21_percent_tax() -> None:
    found = net_of_gross(Money(3), 2100)
    assert found + found.share(2100) != Money(3)


METERED = Offered(
    code="SMALL",
    kind="plan",
    family="mobile",
    name={"ro": "Mic", "en": "Small"},
    prices=((date(2020, 1, 1), 2450),),
    on_sale_from=date(2020, 1, 1),
    unit="GB",
    allowance=10,
    usage_code="DATA",
    extra_prices=((date(2020, 1, 1), 400),),
    extra_tiers=((date(2020, 1, 1), 6, 250),),
)


def test_a_plan_is_costed_period_by_period_with_tiers_and_tax() -> None:
    cost = plan_cost(METERED, Money(2450), [10, 11, 18], TODAY)
    # 24.50; + 4.00; + 5 x 4.00 + 3 x 2.50. With 21 %: 29.65 (29.645), 34.49 (34.485), 62.92.
    assert [each.minor for each in cost.periods] == [2965, 3449, 6292]
    assert cost.total == Money(2965 + 3449 + 6292)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12))
def test_the_total_is_its_periods_and_more_usage_never_costs_less(usage: list[int]) -> None:
    cost = plan_cost(METERED, Money(2450), usage, TODAY)
    more = plan_cost(METERED, Money(2450), [each + 1 for each in usage], TODAY)
    assert sum(each.minor for each in cost.periods) == cost.total.minor
    assert more.total >= cost.total


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("99999909", "99999909"),
        ("RO 9999 9909", "RO99999909"),
        ("ro99999909", "RO99999909"),
        ("99999908", None),
        ("", None),
        ("RO", None),
        ("Cofetăria", None),
    ],
)
def test_a_cui_is_checked_by_its_digit(written: str, kept: str | None) -> None:
    assert tax_id(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("RO14 LIMP 0000 0000 0000 0001", "RO14LIMP0000000000000001"),
        ("ro14limp0000000000000001", "RO14LIMP0000000000000001"),
        ("RO15LIMP0000000000000001", None),
        ("RO14LIMP000000000000001", None),
        ("", None),
    ],
)
def test_an_iban_is_checked_by_its_digits(written: str, kept: str | None) -> None:
    assert iban(written) == kept
