"""The law of an invoice over random agreements: lines + tax = total, whatever was agreed.

Plans, add-ons, tiers of usage, promotions that overlap, products that begin and end in the middle,
one-offs, late fees and granted discounts, around the tax rate change of August 2025 and around
leap days, on every billing day.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing_backend.errors import CannotBill, CurrencyMismatch
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
from billing_backend.invoices.periods import Period, period_of, periods_between, previous_period
from billing_backend.invoices.rules import draft_lines
from billing_backend.invoices.vat import split_by_rate
from billing_backend.journal import Ledger
from billing_backend.money import BASIS_POINTS, Money, half_up, total

LONG_AGO = date(2016, 1, 1)
NAME = {"ro": "Ceva", "en": "Something"}

# Around the rate change, and around the leap day of 2028.
DAYS = st.one_of(
    st.dates(date(2025, 6, 1), date(2025, 10, 31)), st.dates(date(2028, 1, 15), date(2028, 4, 1))
)
PRICES = st.integers(0, 50_000)


@st.composite
def subscription(draw: st.DrawFn, index: int, begin: Period) -> SubscriptionFacts:
    """A product as it may stand when the invoice of the period is drawn up."""
    starts_on = begin.start + timedelta(days=draw(st.integers(-70, 20)))
    runs = draw(st.one_of(st.none(), st.integers(0, 100)))
    ends_on = None if runs is None else starts_on + timedelta(days=runs)
    new = draw(st.booleans())
    promotions = tuple(
        PromotionFacts(
            promotion_id=UUID(int=1000 + 10 * index + number),
            name=NAME,
            percent_bp=draw(st.integers(1, BASIS_POINTS)),
            starts_on=starts_on + timedelta(days=draw(st.integers(0, 60))),
            ends_on=starts_on + timedelta(days=draw(st.integers(0, 120))),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    tiers = draw(st.dictionaries(st.integers(2, 60), st.integers(0, 900), max_size=3))
    usage = UsageFacts(
        quantity=draw(st.integers(0, 120)),
        allowance=draw(st.integers(0, 40)),
        product_code="EXTRA",
        name=NAME,
        prices=((LONG_AGO, draw(st.integers(0, 900))),),
        tiers=tuple((LONG_AGO, first, net) for first, net in tiers.items()),
    )
    return SubscriptionFacts(
        subscription_id=UUID(int=100 + index),
        product_code=f"P{index}",
        kind=draw(st.sampled_from(["plan", "add_on"])),
        name=NAME,
        quantity=draw(st.integers(1, 3)),
        starts_on=starts_on,
        ends_on=ends_on,
        prices=((LONG_AGO, draw(PRICES)), (begin.start, draw(PRICES))),
        agreed_net_minor=draw(st.one_of(st.none(), PRICES)),
        agreed_until=draw(st.one_of(st.none(), st.just(begin.start))),
        promotions=promotions,
        usage=draw(st.one_of(st.none(), st.just(usage))),
        billed_through=None if new else max(starts_on, begin.start - timedelta(days=1)),
    )


@st.composite
def account(draw: st.DrawFn) -> tuple[AccountFacts, Period]:
    billing_day = draw(st.integers(1, 31))
    period = period_of(billing_day, draw(DAYS))
    charges = tuple(
        ChargeFacts(
            charge_id=UUID(int=500 + number),
            kind=draw(st.sampled_from(["late_fee", "one_off"])),
            description=NAME,
            net=Money(draw(st.integers(1, 9_999))),
            supplied_on=period.start - timedelta(days=draw(st.integers(0, 40))),
        )
        for number in range(draw(st.integers(0, 2)))
    )
    discounts = tuple(
        draw(
            st.one_of(
                st.builds(
                    DiscountDue,
                    st.just(UUID(int=700 + number)),
                    st.just(NAME),
                    st.integers(1, BASIS_POINTS),
                    st.none(),
                ),
                st.builds(
                    DiscountDue,
                    st.just(UUID(int=700 + number)),
                    st.just(NAME),
                    st.none(),
                    st.builds(Money, st.integers(1, 60_000)),
                ),
            )
        )
        for number in range(draw(st.integers(0, 2)))
    )
    subscriptions = tuple(
        draw(subscription(index, period)) for index in range(draw(st.integers(0, 5)))
    )
    return AccountFacts(UUID(int=7), billing_day, "RON", subscriptions, charges, discounts), period


@given(account())
def test_lines_and_tax_are_the_total_on_every_surface(
    drawn: tuple[AccountFacts, Period],
) -> None:
    facts, period = drawn
    lines = draft_lines(facts, period)
    invoice = add_up(lines, "RON")

    assert total(line.net for line in lines) == invoice.net
    assert total(tax for _, tax in invoice.lines) == invoice.tax
    assert total(line.net + tax for line, tax in invoice.lines) == invoice.total
    for rate, net in net_by_rate(lines).items():
        tax = sum(tax.minor for line, tax in invoice.lines if line.tax_rate_bp == rate)
        assert tax == half_up(net * rate, BASIS_POINTS), "rounded once per rate"
    posted = transfers(invoice)
    assert {each.debit for each in posted} <= {Ledger.RECEIVABLE}
    assert total(each.amount for each in posted) == invoice.total, "the books say the same"


@given(account())
def test_no_line_leaves_its_period_or_has_two_rates(drawn: tuple[AccountFacts, Period]) -> None:
    facts, period = drawn
    for line in draft_lines(facts, period):
        assert line.period.end <= period.end
        fees = line.kind in ("plan_fee", "add_on", "proration")
        assert not fees or split_by_rate(line.period) == [line.period]


@given(account())
def test_promotions_and_discounts_never_take_more_than_there_is(
    drawn: tuple[AccountFacts, Period],
) -> None:
    facts, period = drawn
    lines = draft_lines(facts, period)
    by_fee: dict[tuple[UUID | None, Period], list[DraftLine]] = defaultdict(list)
    for line in lines:
        if line.kind in ("plan_fee", "add_on", "proration") or line.promotion_id:
            by_fee[(line.subscription_id, line.period)].append(line)
    for of_one in by_fee.values():
        charged = [line.net.minor for line in of_one if not line.promotion_id]
        rest = sum(line.net.minor for line in of_one)
        assert rest >= 0 or min(charged) < 0, "below zero only where money goes back"


@given(
    billing_day=st.integers(1, 31),
    first=DAYS,
    length=st.integers(1, 400),
    price=PRICES,
    cut=st.integers(0, 400),
)
@example(billing_day=29, first=date(2028, 2, 28), length=2, price=1_00, cut=1)
def test_the_parts_of_any_stretch_of_days_sum_to_the_whole(
    billing_day: int, first: date, length: int, price: int, cut: int
) -> None:
    """Cut anywhere, over short months, leap days and the rate change."""
    last = first + timedelta(days=length - 1)
    middle = min(first + timedelta(days=cut), last)

    def cost(start: date, end: date) -> int:
        parts = []
        for whole in periods_between(billing_day, start, end):
            part = whole.overlap(start, end)
            assert part is not None
            parts += [whole.share(Money(price), each) for each in split_by_rate(part)]
        return sum(each.minor for each in parts)

    after = middle + timedelta(days=1)
    rest = cost(after, last) if after <= last else 0
    assert cost(first, middle) + rest == cost(first, last)


@pytest.mark.parametrize(
    ("billing_day", "day", "start", "end", "days"),
    [
        (29, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 28), 29),
        (31, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 30), 31),
        (31, date(2027, 2, 28), date(2027, 2, 28), date(2027, 3, 30), 31),
        (1, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), 29),
        (30, date(2028, 2, 28), date(2028, 1, 30), date(2028, 2, 28), 30),
    ],
)
def test_leap_days_belong_to_one_period(
    billing_day: int, day: date, start: date, end: date, days: int
) -> None:
    period = period_of(billing_day, day)

    assert (period.start, period.end, period.days) == (start, end, days)


# --- what makes no sense ---

PLAN = SubscriptionFacts(
    subscription_id=UUID(int=1),
    product_code="PLAN",
    kind="plan",
    name=NAME,
    quantity=1,
    starts_on=date(2026, 1, 1),
    ends_on=None,
    prices=((date(2020, 1, 1), 6000),),
    billed_through=date(2026, 10, 31),
)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def drawn_up(*subscriptions: SubscriptionFacts, period: Period = NOVEMBER) -> list[DraftLine]:
    return draft_lines(AccountFacts(UUID(int=7), 1, "RON", subscriptions), period)


def test_before_the_first_agreement_nothing_is_billed() -> None:
    before = Period(date(2025, 12, 1), date(2025, 12, 31))
    new = replace(PLAN, billed_through=None)

    assert drawn_up(new, period=before) == []
    [line] = drawn_up(new, period=Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert line.net == Money(6000)


def test_before_the_first_price_it_is_an_error_that_names_product_and_day() -> None:
    old = replace(PLAN, starts_on=date(2019, 1, 1), billed_through=date(2018, 12, 31))

    with pytest.raises(CannotBill, match="PLAN has no price that is valid on 2019-01-01") as error:
        drawn_up(old, period=Period(date(2019, 1, 1), date(2019, 1, 31)))
    assert error.value.reason == "no_price"


def test_before_the_first_tax_rate_it_is_an_error_that_names_the_day() -> None:
    ancient = replace(
        PLAN,
        starts_on=date(2014, 12, 1),
        billed_through=date(2014, 12, 31),
        prices=((date(2010, 1, 1), 6000),),
    )

    with pytest.raises(CannotBill, match="no VAT rate is known for 2015-01-01") as error:
        drawn_up(ancient, period=Period(date(2015, 1, 1), date(2015, 1, 31)))
    assert error.value.reason == "no_tax_rate"


def test_a_product_in_another_currency_is_an_error_that_names_both() -> None:
    with pytest.raises(CannotBill, match="costs EUR, the account is billed in RON") as error:
        drawn_up(replace(PLAN, currency="EUR"))
    assert error.value.reason == "other_currency"


def test_a_charge_in_another_currency_never_adds() -> None:
    foreign = ChargeFacts(UUID(int=3), "one_off", NAME, Money(100, "EUR"), NOVEMBER.start)
    account_ = AccountFacts(UUID(int=7), 1, "RON", (PLAN,), (foreign,))

    with pytest.raises(CurrencyMismatch, match="RON and EUR cannot be added"):
        add_up(draft_lines(account_, NOVEMBER), "RON")


def test_two_agreements_over_the_same_days_are_billed_each_and_promotions_share_one_fee() -> None:
    again = replace(PLAN, subscription_id=UUID(int=2))
    most = PromotionFacts(UUID(int=9), NAME, 6_000, LONG_AGO, date(2030, 1, 1))
    promoted = replace(PLAN, promotions=(most, replace(most, promotion_id=UUID(int=10))))

    assert [line.net.minor for line in drawn_up(PLAN, again)] == [6000, 6000]
    # 60 % and 60 %: the second takes the 40 % that are left
    assert [line.net.minor for line in drawn_up(promoted)] == [6000, -3600, -2400]


def test_days_billed_already_are_not_billed_again() -> None:
    ahead = replace(PLAN, billed_through=NOVEMBER.end)

    assert drawn_up(ahead) == []
    assert previous_period(1, NOVEMBER).end == date(2026, 10, 31)


def net_by_rate(lines: list[DraftLine]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for line in lines:
        found[line.tax_rate_bp] += line.net.minor
    return found
