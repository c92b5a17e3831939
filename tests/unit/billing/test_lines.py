"""Which lines an invoice has: fees ahead, what happened since the last one behind."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.errors import CannotBill
from billing_backend.invoices.drafts import add_up, transfers
from billing_backend.invoices.facts import (
    AccountFacts,
    ChargeFacts,
    DiscountDue,
    DraftLine,
    PromotionFacts,
    SubscriptionFacts,
    UsageFacts,
)
from billing_backend.invoices.periods import Period
from billing_backend.invoices.rules import draft_lines, rated
from billing_backend.journal import Ledger
from billing_backend.money import Money

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
OCTOBER_31 = date(2026, 10, 31)
LONG_AGO = date(2020, 1, 1)

PLAN = SubscriptionFacts(
    subscription_id=UUID(int=1),
    product_code="PLAN",
    kind="plan",
    name={"ro": "Abonament", "en": "Plan"},
    quantity=1,
    starts_on=date(2025, 1, 1),
    ends_on=None,
    prices=((LONG_AGO, 6000),),
    billed_through=OCTOBER_31,
)
SPORT = replace(
    PLAN,
    subscription_id=UUID(int=2),
    product_code="SPORT",
    kind="add_on",
    prices=((LONG_AGO, 2000),),
)
HALF_OFF = PromotionFacts(UUID(int=9), {"ro": "Jumătate"}, 5000, LONG_AGO, date(2026, 11, 1))


def lines_of(
    *subscriptions: SubscriptionFacts,
    period: Period = NOVEMBER,
    charges: tuple[ChargeFacts, ...] = (),
    discounts: tuple[DiscountDue, ...] = (),
) -> list[DraftLine]:
    account = AccountFacts(UUID(int=7), 1, "RON", subscriptions, charges, discounts)
    return draft_lines(account, period)


def told(lines: list[DraftLine]) -> list[tuple[str, int]]:
    return [(line.kind, line.net.minor) for line in lines]


def test_a_running_plan_is_billed_ahead_for_the_period() -> None:
    [line] = lines_of(PLAN)

    assert (line.kind, line.net, line.period) == ("plan_fee", Money(6000), NOVEMBER)
    assert line.tax_rate_bp == 2100


def test_an_add_on_begun_on_the_17th_is_billed_for_its_14_days_and_ahead() -> None:
    # October has 31 days; from the 18th to the 31st are 14: 20.00 x 14/31 = 9.03
    begun = replace(SPORT, starts_on=date(2026, 10, 18), billed_through=None)

    assert told(lines_of(begun)) == [("proration", 903), ("add_on", 2000)]


def test_what_begins_later_in_the_period_waits_for_the_next_invoice() -> None:
    assert lines_of(replace(SPORT, starts_on=date(2026, 11, 2), billed_through=None)) == []


def test_an_add_on_that_ended_on_the_10th_gives_the_rest_of_october_back() -> None:
    # 21 of October's 31 days: 20.00 x 21/31 = 13.55
    assert told(lines_of(replace(SPORT, ends_on=date(2026, 10, 10)))) == [("proration", -1355)]


def test_what_was_given_back_is_not_given_back_again() -> None:
    ended = replace(SPORT, ends_on=date(2026, 10, 10), refunded_from=date(2026, 10, 11))

    assert lines_of(ended) == []


def test_an_end_recorded_too_late_is_left_to_the_account_review() -> None:
    assert lines_of(replace(SPORT, ends_on=date(2026, 8, 31))) == []


def test_a_plan_ending_within_the_period_is_billed_to_its_last_day() -> None:
    # 10 of 30 days
    assert told(lines_of(replace(PLAN, ends_on=date(2026, 11, 10)))) == [("proration", 2000)]


def test_a_month_that_no_run_billed_is_caught_up() -> None:
    missed = replace(PLAN, billed_through=date(2026, 9, 30))

    assert told(lines_of(missed)) == [("plan_fee", 6000), ("plan_fee", 6000)]


def test_a_promotion_takes_its_part_while_it_lasts() -> None:
    promoted = replace(PLAN, promotions=(HALF_OFF,))
    december = Period(date(2026, 12, 1), date(2026, 12, 31))

    assert told(lines_of(promoted)) == [("plan_fee", 6000), ("discount", -3000)]
    later = replace(promoted, billed_through=date(2026, 11, 30))
    assert told(lines_of(later, period=december)) == [("plan_fee", 6000)]


def test_the_agreed_price_goes_before_the_catalogue_while_it_holds() -> None:
    agreed = replace(PLAN, agreed_net_minor=5000, agreed_until=date(2026, 11, 1))

    assert told(lines_of(agreed)) == [("plan_fee", 5000)]
    assert told(lines_of(replace(agreed, agreed_until=OCTOBER_31))) == [("plan_fee", 6000)]


def test_a_new_catalogue_price_counts_from_its_day() -> None:
    dearer = replace(PLAN, prices=((LONG_AGO, 6000), (date(2026, 11, 1), 6500)))

    assert told(lines_of(dearer)) == [("plan_fee", 6500)]


def test_no_price_on_the_day_is_an_error_not_a_gift() -> None:
    with pytest.raises(CannotBill, match="no price"):
        lines_of(replace(PLAN, prices=((date(2027, 1, 1), 6000),)))


@pytest.mark.parametrize(("used", "billed"), [(9, []), (10, []), (13, [("usage", 1200)])])
def test_only_usage_above_the_allowance_is_billed(used: int, billed: list[tuple[str, int]]) -> None:
    usage = UsageFacts(used, 10, "EXTRA", {"ro": "Date"}, ((LONG_AGO, 400),))

    assert told(lines_of(replace(PLAN, usage=usage))) == [("plan_fee", 6000), *billed]


TIERED = UsageFacts(
    0,
    10,
    "EXTRA",
    {"ro": "Date"},
    ((LONG_AGO, 400),),
    # Cheaper from the 6th unit on, and more so from the 21st; a later list does not count yet.
    ((LONG_AGO, 21, 100), (LONG_AGO, 6, 250), (date(2099, 1, 1), 2, 1)),
)


@pytest.mark.parametrize(
    ("used", "billed"),
    [
        (10, []),
        (14, [(4, 1600)]),
        (15, [(5, 2000)]),
        (16, [(5, 2000), (1, 250)]),
        (40, [(5, 2000), (15, 3750), (10, 1000)]),
    ],
)
def test_usage_is_rated_by_tiers_each_for_its_own_units(
    used: int, billed: list[tuple[int, int]]
) -> None:
    lines = lines_of(replace(PLAN, usage=replace(TIERED, quantity=used)))
    usage = [line for line in lines if line.kind == "usage"]
    assert [(line.quantity, line.net.minor) for line in usage] == billed


@given(
    units=st.integers(1, 500),
    tiers=st.dictionaries(st.integers(2, 400), st.integers(0, 10_000), max_size=5),
)
def test_tiers_share_out_every_unit_once(units: int, tiers: dict[int, int]) -> None:
    usage = replace(TIERED, tiers=tuple((LONG_AGO, first, net) for first, net in tiers.items()))
    found = rated(usage, units, OCTOBER_31)

    def price(unit: int) -> int:
        """As one would look it up by hand, unit by unit."""
        return max([(1, 400), *(each for each in tiers.items() if each[0] <= unit)])[1]

    assert sum(count for count, _ in found) == units
    assert sum(count * net for count, net in found) == sum(price(u) for u in range(1, units + 1))


def test_a_period_over_the_rate_change_is_two_lines_of_one_price() -> None:
    period = Period(date(2025, 7, 20), date(2025, 8, 19))
    account = AccountFacts(
        UUID(int=7), 20, "RON", (replace(PLAN, billed_through=date(2025, 7, 19)),)
    )

    lines = draft_lines(account, period)

    assert [line.tax_rate_bp for line in lines] == [1900, 2100]
    assert sum(line.net.minor for line in lines) == 6000


def test_a_late_fee_bears_no_vat_and_a_one_off_does() -> None:
    late = ChargeFacts(UUID(int=3), "late_fee", {"ro": "P"}, Money(1000), OCTOBER_31)
    once = ChargeFacts(UUID(int=4), "one_off", {"ro": "I"}, Money(5000), OCTOBER_31)

    lines = lines_of(charges=(late, once))

    assert [(line.kind, line.tax_rate_bp) for line in lines] == [("late_fee", 0), ("one_off", 2100)]


def test_a_granted_percentage_is_of_the_plan_after_its_promotion_and_of_nothing_else() -> None:
    # (60.00 - 30.00) x 15 % = 4.50; the add-on is not discounted
    granted = DiscountDue(UUID(int=5), {"ro": "Reducere"}, 1500, None)

    lines = lines_of(replace(PLAN, promotions=(HALF_OFF,)), SPORT, discounts=(granted,))

    assert told(lines)[-1] == ("discount", -450)
    assert lines[-1].grant_id == UUID(int=5)


def test_a_granted_amount_never_makes_the_plan_cost_less_than_nothing() -> None:
    granted = DiscountDue(UUID(int=5), {"ro": "Reducere"}, None, Money(9999))

    assert told(lines_of(PLAN, discounts=(granted,))) == [("plan_fee", 6000), ("discount", -6000)]


def test_in_the_books_receivable_is_the_total_and_discounts_are_apart() -> None:
    invoice = add_up(lines_of(replace(PLAN, promotions=(HALF_OFF,)), SPORT), "RON")

    posted = {each.credit: each.amount.minor for each in transfers(invoice)}

    # (60 - 30 + 20) x 21 % = 10.50
    assert posted == {Ledger.REVENUE: 8000, Ledger.DISCOUNTS: -3000, Ledger.VAT: 1050}
    assert sum(posted.values()) == invoice.total.minor
