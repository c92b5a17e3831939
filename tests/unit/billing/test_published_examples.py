"""Do we come to the figures that others have published for the same scenario?

Scenarios and numbers only, each with its source. Currencies are left aside: a unit is a unit.
Lago's package and volume models are not here: usage is rated by graduated tiers only.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from billing_backend.corrections.amounts import left_of_line, of_line
from billing_backend.invoices.facts import AccountFacts, SubscriptionFacts, UsageFacts
from billing_backend.invoices.periods import Period, period_of, periods_between
from billing_backend.invoices.rules import draft_lines, rated
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money

LONG_AGO = date(2010, 1, 1)

# --- tiers: (first unit, price of each from there on) in minor units ---

LAGO = ((1, 100), (101, 50), (201, 10))
ZUPLO = ((1, 10), (1_001, 5), (10_001, 1))


@pytest.mark.parametrize(
    ("tiers", "units", "cost"),
    [
        # Lago, "Graduated": $1 for each of the first 100 units, $0.50 for the next 100, $0.10 for
        # any more. 100 x 1.00; + 100 x 0.50; + 1 x 0.10
        (LAGO, 1, 1_00),
        (LAGO, 100, 100_00),
        (LAGO, 101, 100_50),
        (LAGO, 200, 150_00),
        (LAGO, 201, 150_10),
        # Zuplo, "Pricing models": $0.10 to 1,000, $0.05 to 10,000, then $0.01; 15,000 units cost
        # $100 + $450 + $50 = $600
        (ZUPLO, 15_000, 600_00),
    ],
)
def test_graduated_tiers(tiers: tuple[tuple[int, int], ...], units: int, cost: int) -> None:
    (_, first), *rest = tiers
    usage = UsageFacts(
        quantity=units,
        allowance=0,
        product_code="API",
        name={"en": "API calls"},
        prices=((LONG_AGO, first),),
        tiers=tuple((LONG_AGO, from_unit, net) for from_unit, net in rest),
    )

    assert sum(count * net for count, net in rated(usage, units, date(2026, 11, 1))) == cost


# --- parts of a period ---


@pytest.mark.parametrize(
    ("billing_day", "first", "last", "price", "cost"),
    [
        # Lago, "Upgrades and downgrades": 100 a month, from January 1st, upgraded on the 15th:
        # 14 days of 31 are 45.16.
        (1, date(2026, 1, 1), date(2026, 1, 14), 100_00, 45_16),
        # Kill Bill, "Invoice subsystem": a plan of 9.95 from 2012-05-02 to 2012-06-01 is 9.63,
        # 30 days of May's 31.
        (1, date(2012, 5, 2), date(2012, 5, 31), 9_95, 9_63),
        # Oracle Subscription Management, "Bill Partial Periods": 15th March to 10th April 2019 is
        # 27 days of 31, 0.871 of a month at 100.
        (15, date(2019, 3, 15), date(2019, 4, 10), 100_00, 87_10),
    ],
)
def test_a_part_of_a_month(
    billing_day: int, first: date, last: date, price: int, cost: int
) -> None:
    whole = period_of(billing_day, first)

    assert whole.share(Money(price), Period(first, last)) == Money(cost)


@pytest.mark.parametrize(
    ("billing_day", "day", "days", "of"),
    [
        # Kill Bill, the tests of its proration in advance: from 1 January 2011 with the 15th as
        # billing day, 14 days of 31 come before the first whole period ...
        (15, date(2011, 1, 1), 14, 31),
        # ... and until 27 February, 12 days of 28 are left at the end.
        (15, date(2011, 2, 15), 12, 28),
    ],
)
def test_how_many_days_of_how_many(billing_day: int, day: date, days: int, of: int) -> None:
    whole = period_of(billing_day, day)
    part = whole.overlap(date(2011, 1, 1), date(2011, 2, 26))

    assert part is not None
    assert (part.days, whole.days) == (days, of)


@pytest.mark.parametrize("year", [2011, 2012])
def test_a_month_from_the_middle_of_february_is_one_period_also_in_a_leap_year(year: int) -> None:
    """Kill Bill, the same tests: from the 15th of February one whole period is billed, and a
    second one a month later."""
    start = date(year, 2, 15)

    assert len(periods_between(15, start, date(year, 3, 14))) == 1
    assert len(periods_between(15, start, date(year, 3, 15))) == 2
    assert period_of(15, start).days == (29 if year == 2012 else 28)


def test_twelve_months_from_the_31st_of_january_are_twelve_periods() -> None:
    """Kill Bill, the same tests: the 31st as billing day, the last day of shorter months."""
    starts = [each.start for each in periods_between(31, date(2011, 1, 31), date(2012, 1, 30))]

    assert len(starts) == 12
    assert starts[:4] == [
        date(2011, 1, 31),
        date(2011, 2, 28),
        date(2011, 3, 31),
        date(2011, 4, 30),
    ]


def test_an_upgrade_half_way_is_half_back_and_half_of_the_new_price() -> None:
    """Stripe, "Prorations": from 10 to 20 a month half-way through the period: -5 for what is
    left of the old plan, +10 for what is left of the period on the new one."""
    old = SubscriptionFacts(
        subscription_id=UUID(int=1),
        product_code="TEN",
        kind="plan",
        name={"en": "Ten"},
        quantity=1,
        starts_on=LONG_AGO,
        ends_on=date(2026, 11, 15),
        prices=((LONG_AGO, 10_00),),
        billed_through=date(2026, 11, 30),
    )
    new = replace(
        old,
        subscription_id=UUID(int=2),
        product_code="TWENTY",
        starts_on=date(2026, 11, 16),
        ends_on=None,
        prices=((LONG_AGO, 20_00),),
        billed_through=None,
    )
    december = Period(date(2026, 12, 1), date(2026, 12, 31))

    lines = draft_lines(AccountFacts(UUID(int=7), 1, "RON", (old, new)), december)

    of_november = [line.net.minor for line in lines if line.period.start < december.start]
    assert sorted(of_november) == [-5_00, 10_00]


def test_a_line_that_was_adjusted_gives_back_only_the_rest() -> None:
    """Kill Bill, "Invoice subsystem": of a paid line of 249.95, 10.00 were given back; when all
    of it is given back later, 239.95 are left to give. With 9.63 for the new plan, 230.32 are the
    customer's."""
    line = LineView(
        line_id=UUID(int=1),
        kind="plan_fee",
        description={"en": "shotgun-monthly"},
        quantity=1,
        net=Money(249_95),
        tax=Money(0),
        tax_rate_bp=0,
        period=Period(date(2012, 5, 1), date(2012, 5, 31)),
    )
    invoice = InvoiceView(
        invoice_id=UUID(int=5),
        account_id=UUID(int=7),
        number="2",
        period=line.period,
        issued_on=date(2012, 5, 1),
        due_on=date(2012, 5, 1),
        net=line.net,
        tax=line.tax,
        total=line.gross,
        paid=line.gross,
        credit_used=Money(0),
        lines=(line,),
    )

    adjusted = of_line(invoice, line, Money(10_00), [])
    left = left_of_line(invoice, line, adjusted)

    assert left == Money(239_95)
    assert left - Money(9_63) == Money(230_32)
