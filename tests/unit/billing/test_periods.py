"""Billing periods, proration, VAT by date and tax per invoice."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.errors import CannotBill
from billing_backend.invoices.periods import (
    Period,
    month_of,
    months_back,
    period_of,
    periods_between,
    previous_period,
)
from billing_backend.invoices.totals import line_taxes
from billing_backend.invoices.vat import split_by_rate, standard_rate
from billing_backend.money import Money, half_up

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
billing_days = st.integers(1, 31)


@pytest.mark.parametrize(
    ("billing_day", "day", "start", "end"),
    [
        (1, date(2026, 11, 24), date(2026, 11, 1), date(2026, 11, 30)),
        (20, date(2026, 11, 24), date(2026, 11, 20), date(2026, 12, 19)),
        (20, date(2026, 11, 19), date(2026, 10, 20), date(2026, 11, 19)),
        (15, date(2027, 1, 3), date(2026, 12, 15), date(2027, 1, 14)),
        # No 31 February: the period begins on the month's last day.
        (31, date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 30)),
        (31, date(2027, 2, 27), date(2027, 1, 31), date(2027, 2, 27)),
        (30, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 29)),
    ],
)
def test_a_period_begins_on_the_billing_day_or_the_last_of_a_shorter_month(
    billing_day: int, day: date, start: date, end: date
) -> None:
    assert period_of(billing_day, day) == Period(start, end)


@given(billing_days, days)
def test_every_day_is_in_exactly_one_period(billing_day: int, day: date) -> None:
    period = period_of(billing_day, day)

    assert period.start <= day <= period.end
    assert period_of(billing_day, period.end + timedelta(days=1)).start == period.end + timedelta(
        days=1
    )
    assert previous_period(billing_day, period).end == period.start - timedelta(days=1)


@given(billing_days, days, st.integers(0, 100))
def test_periods_between_two_days_follow_each_other(
    billing_day: int, start: date, length: int
) -> None:
    end = start + timedelta(days=length)
    periods = periods_between(billing_day, start, end)

    assert periods[0].start <= start
    assert periods[-1].end >= end
    for earlier, later in itertools.pairwise(periods):
        assert later.start == earlier.end + timedelta(days=1)


@given(billing_days, days, st.integers(0, 10**7), st.data())
def test_the_parts_of_a_period_cost_what_the_whole_costs(
    billing_day: int, day: date, minor: int, data: st.DataObject
) -> None:
    period = period_of(billing_day, day)
    cut = period.start + timedelta(days=data.draw(st.integers(1, period.days - 1)))
    first, rest = Period(period.start, cut - timedelta(days=1)), Period(cut, period.end)

    parts = [period.share(Money(minor), part) for part in (first, rest)]

    assert parts[0] + parts[1] == Money(minor)
    assert period.share(Money(minor), period) == Money(minor)


def test_seventeen_of_thirty_one_days_of_20_lei_are_10_lei_97() -> None:
    # 20.00 x 17/31 = 10.9677...
    period = Period(date(2026, 10, 20), date(2026, 11, 19))

    assert period.share(Money(2000), Period(date(2026, 11, 3), date(2026, 11, 19))) == Money(1097)


def test_months_back_keeps_to_shorter_months() -> None:
    assert months_back(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_back(date(2026, 1, 15), 13) == date(2024, 12, 15)
    assert months_back(date(2026, 11, 30), -3) == date(2027, 2, 28)
    assert month_of(date(2026, 11, 24)) == Period(date(2026, 11, 1), date(2026, 11, 30))


def test_vat_is_19_percent_to_the_end_of_july_2025_and_21_after() -> None:
    assert standard_rate(date(2025, 7, 31)) == 1900
    assert standard_rate(date(2025, 8, 1)) == 2100


def test_a_day_before_the_known_rates_is_refused() -> None:
    with pytest.raises(CannotBill, match="no VAT rate"):
        standard_rate(date(2015, 12, 31))


def test_a_period_over_a_rate_change_is_cut_there() -> None:
    assert split_by_rate(Period(date(2025, 7, 20), date(2025, 8, 19))) == [
        Period(date(2025, 7, 20), date(2025, 7, 31)),
        Period(date(2025, 8, 1), date(2025, 8, 19)),
    ]
    assert split_by_rate(Period(date(2025, 8, 1), date(2025, 8, 31))) == [
        Period(date(2025, 8, 1), date(2025, 8, 31))
    ]


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.sampled_from([0, 900, 1900, 2100]))))
def test_line_taxes_sum_to_the_tax_rounded_once_per_rate(lines: list[tuple[int, int]]) -> None:
    taxes = line_taxes(lines)

    for rate in {rate for _, rate in lines}:
        net = sum(net for net, of in lines if of == rate)
        assert sum(tax for tax, (_, of) in zip(taxes, lines, strict=True) if of == rate) == half_up(
            net * rate, 10_000
        )
    for tax, (net, rate) in zip(taxes, lines, strict=True):
        assert abs(tax * 10_000 - net * rate) <= 10_000


def test_three_lines_of_33_bani_share_21_bani_of_tax() -> None:
    # 99 x 21 % = 20.79, rounded 21; each alone would be 6.93, rounded 7
    assert line_taxes([(33, 2100)] * 3) == [7, 7, 7]
    # 3 x 2 bani: 6 x 21 % = 1.26, rounded 1; each alone would be 0.42, rounded 0
    assert sum(line_taxes([(2, 2100)] * 3)) == 1
