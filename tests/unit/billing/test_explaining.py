"""Why an invoice differs from the one before: causes that sum to the last minor unit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from billing_backend.invoices.drafts import add_up
from billing_backend.invoices.explaining import Agreement, DatedFacts, causes
from billing_backend.invoices.facts import (
    AccountFacts,
    ChargeFacts,
    DiscountDue,
    PromotionFacts,
    SubscriptionFacts,
    UsageFacts,
)
from billing_backend.invoices.periods import Period, period_of
from billing_backend.invoices.rules import draft_lines
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.invoices.wrong_charges import WrongCharge
from billing_backend.money import Money, half_up, total

LONG_AGO = date(2020, 1, 1)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
NOTHING = Money(0)

PLAN = SubscriptionFacts(
    subscription_id=UUID(int=1),
    product_code="PLAN",
    kind="plan",
    name={"ro": "Abonament", "en": "Plan"},
    quantity=1,
    starts_on=date(2025, 1, 1),
    ends_on=None,
    prices=((LONG_AGO, 6000),),
)
SPORT = replace(
    PLAN,
    subscription_id=UUID(int=2),
    product_code="SPORT",
    kind="add_on",
    name={"ro": "Sport", "en": "Sport"},
    prices=((LONG_AGO, 2000),),
)


def invoice(
    period: Period,
    subscriptions: Sequence[SubscriptionFacts],
    *,
    charges: Sequence[ChargeFacts] = (),
    discounts: Sequence[DiscountDue] = (),
    credit_used: Money = NOTHING,
) -> InvoiceView:
    """The invoice that the billing run would issue, with everything before it billed."""
    yesterday = period.start - timedelta(days=1)
    running = [
        each
        if each.billed_through or each.starts_on > yesterday
        else replace(each, billed_through=yesterday)
        for each in subscriptions
    ]
    account = AccountFacts(
        UUID(int=7), period.start.day, "RON", tuple(running), tuple(charges), tuple(discounts)
    )
    draft = add_up(draft_lines(account, period), "RON")
    return InvoiceView(
        invoice_id=uuid5(UUID(int=7), str(period.start)),
        account_id=UUID(int=7),
        number=f"DT-{period.start:%Y-%m}",
        period=period,
        issued_on=period.start,
        due_on=period.start + timedelta(days=14),
        net=draft.net,
        tax=draft.tax,
        total=draft.total,
        paid=NOTHING,
        credit_used=credit_used,
        lines=tuple(
            LineView(
                line_id=uuid5(UUID(int=8), f"{period.start} {position}"),
                kind=line.kind,
                description=line.description,
                quantity=line.quantity,
                net=line.net,
                tax=tax,
                tax_rate_bp=line.tax_rate_bp,
                period=line.period,
                product_code=line.product_code,
                subscription_id=line.subscription_id,
                promotion_id=line.promotion_id,
                grant_id=line.grant_id,
                charge_id=line.charge_id,
            )
            for position, (line, tax) in enumerate(draft.lines)
        ),
    )


def why(
    current: InvoiceView, previous: InvoiceView, known: DatedFacts | None = None
) -> list[tuple[str, int]]:
    """The causes as (kind, amount), after checking the law that binds them all."""
    found = causes(current, previous, known or DatedFacts())
    difference = current.to_pay_at_issue - previous.to_pay_at_issue
    assert total(cause.amount for cause in found) == difference
    return [(cause.kind, cause.amount.minor) for cause in found]


def promotion(ends_on: date) -> PromotionFacts:
    return PromotionFacts(UUID(int=9), {"ro": "Promoție"}, 2000, LONG_AGO, ends_on)


def test_nothing_changed_nothing_to_explain() -> None:
    assert why(invoice(NOVEMBER, [PLAN]), invoice(OCTOBER, [PLAN])) == []


def test_anas_invoice_a_promotion_ended_and_an_add_on_came_in_the_middle_of_the_month() -> None:
    ended = replace(PLAN, promotions=(promotion(date(2026, 10, 31)),))
    sport = replace(SPORT, starts_on=date(2026, 10, 15))

    before = invoice(OCTOBER, [ended, sport])
    now = invoice(NOVEMBER, [ended, replace(sport, billed_through=date(2026, 10, 14))])
    found = causes(
        now,
        before,
        DatedFacts(
            agreements={SPORT.subscription_id: Agreement(date(2026, 10, 15), None, "customer")},
            promotion_ends={UUID(int=9): date(2026, 10, 31)},
        ),
    )

    # 12.00 + 21 % = 14.52; 20.00 + 21 % = 24.20; 17/31 of 20.00 = 10.97, + 21 % = 13.27
    assert [(cause.kind, cause.amount.minor) for cause in found] == [
        ("add_on_added", 2420),
        ("promotion_ended", 1452),
        ("proration", 1327),
    ]
    added, promoted, part = (cause.evidence for cause in found)
    assert (added["since"], added["by"]) == ("2026-10-15", "customer")
    assert (promoted["until"], promoted["since"]) == ("2026-10-31", "2026-11-01")
    assert (part["days"], part["last_time"]) == (17, False)


def test_a_month_later_the_part_of_a_month_is_gone_again() -> None:
    sport = replace(SPORT, starts_on=date(2026, 9, 15), billed_through=date(2026, 9, 14))
    before = invoice(OCTOBER, [PLAN, sport])
    now = invoice(NOVEMBER, [PLAN, SPORT])

    [part] = causes(now, before, DatedFacts())

    # 16 of September's 30 days: 10.67 + 21 % = 12.91
    assert (part.kind, part.amount) == ("proration", Money(-1291))
    assert part.evidence["last_time"] is True


def test_a_price_change_tells_from_to_and_since_when() -> None:
    dearer = replace(PLAN, prices=((LONG_AGO, 6000), (date(2026, 10, 20), 6500)))
    known = DatedFacts(
        agreements={PLAN.subscription_id: Agreement(LONG_AGO, None, None, dearer.prices)}
    )

    [cause] = causes(invoice(NOVEMBER, [dearer]), invoice(OCTOBER, [dearer]), known)

    assert (cause.kind, cause.amount) == ("price_change", Money(605))
    assert cause.evidence["from"] == 7260
    assert cause.evidence["to"] == 7865
    assert cause.evidence["since"] == "2026-10-20"


def test_a_promotion_that_goes_on_follows_its_plans_price() -> None:
    dearer = replace(
        PLAN,
        prices=((LONG_AGO, 6000), (date(2026, 11, 1), 6500)),
        promotions=(promotion(date(2027, 1, 1)),),
    )

    # 5.00 less 20 % = 4.00, + 21 % = 4.84
    assert why(invoice(NOVEMBER, [dearer]), invoice(OCTOBER, [dearer])) == [("price_change", 484)]


def test_another_plan_is_one_story() -> None:
    bigger = replace(PLAN, subscription_id=UUID(int=3), prices=((LONG_AGO, 9000),))

    assert why(invoice(NOVEMBER, [bigger]), invoice(OCTOBER, [PLAN])) == [("price_change", 3630)]


def test_the_first_month_was_only_a_part() -> None:
    begun = replace(PLAN, starts_on=date(2026, 10, 11), billed_through=date(2026, 10, 10))
    before = invoice(Period(date(2026, 10, 1), date(2026, 10, 31)), [begun])
    assert [line.kind for line in before.lines] == []
    now = invoice(NOVEMBER, [begun])

    # Nothing was billed before: 21/31 of 60.00 = 40.65, and 60.00; + 21 %
    assert why(now, before) == [("add_on_added", 7260), ("proration", 4919)]


def test_an_add_on_given_up_usage_a_late_fee_and_a_one_off() -> None:
    usage = UsageFacts(13, 10, "EXTRA", {"ro": "Date"}, ((LONG_AGO, 400),))
    late = ChargeFacts(UUID(int=3), "late_fee", {"ro": "P"}, Money(1000), OCTOBER.end)
    once = ChargeFacts(UUID(int=4), "one_off", {"ro": "I"}, Money(5000), OCTOBER.end)
    given_up = replace(SPORT, ends_on=OCTOBER.end)

    before = invoice(OCTOBER, [PLAN, given_up], charges=[once])
    now = invoice(NOVEMBER, [replace(PLAN, usage=usage), given_up], charges=[late])

    assert why(now, before, DatedFacts(late_for={UUID(int=3): "DT-1"})) == [
        ("one_off", -6050),
        ("add_on_removed", -2420),
        ("usage", 1452),
        ("late_fee", 1000),
    ]


def test_the_same_late_fee_on_both_bills_explains_nothing_and_another_one_does() -> None:
    first = ChargeFacts(UUID(int=3), "late_fee", {"ro": "P"}, Money(1000), OCTOBER.end)
    same, more = (
        ChargeFacts(UUID(int=4), "late_fee", {"ro": "P"}, Money(amount), OCTOBER.end)
        for amount in (1000, 1500)
    )
    before = invoice(OCTOBER, [PLAN], charges=[first])

    assert why(invoice(NOVEMBER, [PLAN], charges=[same]), before) == []
    assert why(invoice(NOVEMBER, [PLAN], charges=[more]), before) == [
        ("late_fee", 1500),
        ("late_fee", -1000),
    ]


def test_a_granted_discount_starts_and_ends() -> None:
    granted = DiscountDue(UUID(int=5), {"ro": "Reducere"}, 1500, None)
    with_it = invoice(OCTOBER, [PLAN], discounts=[granted])

    assert why(invoice(NOVEMBER, [PLAN]), with_it) == [("discount_ended", 1089)]
    assert why(with_it, invoice(NOVEMBER, [PLAN])) == [("discount_started", -1089)]


def test_the_vat_rate_change_of_august_2025_is_its_own_cause() -> None:
    july = invoice(Period(date(2025, 7, 1), date(2025, 7, 31)), [PLAN])
    august = invoice(Period(date(2025, 8, 1), date(2025, 8, 31)), [PLAN])

    [cause] = causes(august, july, DatedFacts())

    # 60.00 x 2 %
    assert (cause.kind, cause.amount) == ("tax_rate_change", Money(120))
    assert cause.evidence["from"] == 1900
    assert cause.evidence["to"] == 2100
    assert cause.evidence["since"] == "2025-08-01"


def test_credit_that_was_used_last_time_makes_this_time_dearer() -> None:
    before = invoice(OCTOBER, [PLAN], credit_used=Money(1500))

    assert why(invoice(NOVEMBER, [PLAN]), before) == [("credit_used", 1500)]


# --- two invoices with others in between ---

AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))


def test_a_price_that_changed_twice_is_one_cause_that_says_so() -> None:
    prices = ((LONG_AGO, 6000), (date(2026, 9, 1), 7000), (date(2026, 10, 20), 6500))
    plan = replace(PLAN, prices=prices)
    known = DatedFacts(agreements={PLAN.subscription_id: Agreement(LONG_AGO, None, None, prices)})

    [cause] = causes(invoice(NOVEMBER, [plan]), invoice(AUGUST, [plan]), known)

    # 5.00 + 21 %; the 70.00 in between are nobody's difference
    assert (cause.kind, cause.amount) == ("price_change", Money(605))
    assert (cause.evidence["times"], cause.evidence["since"]) == (2, "2026-10-20")


def test_a_price_that_was_never_billed_is_no_change() -> None:
    prices = ((LONG_AGO, 6000), (date(2026, 10, 5), 7000), (date(2026, 10, 20), 6500))
    plan = replace(PLAN, prices=prices)
    known = DatedFacts(agreements={PLAN.subscription_id: Agreement(LONG_AGO, None, None, prices)})

    [cause] = causes(invoice(NOVEMBER, [plan]), invoice(AUGUST, [plan]), known)

    assert cause.evidence["times"] == 1


def test_a_discount_that_started_and_ended_in_between_nets_out() -> None:
    promoted = replace(
        PLAN,
        promotions=(
            PromotionFacts(UUID(int=9), {"ro": "p"}, 2000, date(2026, 9, 1), date(2026, 10, 31)),
        ),
    )

    assert why(invoice(NOVEMBER, [promoted]), invoice(AUGUST, [promoted])) == []
    assert why(invoice(OCTOBER, [promoted]), invoice(AUGUST, [promoted])) == [
        ("discount_started", -1452)
    ]


def test_one_promotion_for_another_is_an_end_and_a_start() -> None:
    summer = PromotionFacts(UUID(int=9), {"ro": "vara"}, 2000, LONG_AGO, date(2026, 9, 30))
    autumn = PromotionFacts(UUID(int=10), {"ro": "toamna"}, 1000, date(2026, 10, 1), NOVEMBER.end)
    plan = replace(PLAN, promotions=(summer, autumn))

    # 12.00 and 6.00, + 21 %
    assert why(invoice(NOVEMBER, [plan]), invoice(AUGUST, [plan])) == [
        ("promotion_ended", 1452),
        ("discount_started", -726),
    ]


def test_an_add_on_that_came_and_went_in_between_is_no_cause() -> None:
    sport = replace(SPORT, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30))

    assert why(invoice(NOVEMBER, [PLAN]), invoice(AUGUST, [PLAN])) == []
    ended = replace(sport, billed_through=date(2026, 9, 30))
    assert why(invoice(NOVEMBER, [PLAN, ended]), invoice(AUGUST, [PLAN])) == []


def test_back_on_the_plan_of_before_at_another_price_is_a_price_change() -> None:
    again = replace(
        PLAN, subscription_id=UUID(int=4), starts_on=date(2026, 10, 1), prices=((LONG_AGO, 6500),)
    )

    [cause] = causes(invoice(NOVEMBER, [again]), invoice(AUGUST, [PLAN]), DatedFacts())

    assert (cause.kind, cause.amount) == ("price_change", Money(605))
    assert "from_name" not in cause.evidence, "the plan is the same"


# --- what was charged wrongly and given back since ---


def wrong(bill: InvoiceView, position: int, gross: int | None = None) -> dict[UUID, WrongCharge]:
    """A line of an invoice credited as an error of ours, whole or for so much of it."""
    line = bill.lines[position]
    net, tax = line.net, line.tax
    if gross is not None:
        net = Money(half_up(gross * 10_000, 10_000 + line.tax_rate_bp))
        tax = Money(gross) - net
    return {line.line_id: WrongCharge("DTC-1", NOVEMBER.end, net, tax)}


def test_carmens_second_add_on_is_told_as_the_error_that_was_credited() -> None:
    again = replace(SPORT, subscription_id=UUID(int=12), starts_on=NOVEMBER.start)
    now = invoice(NOVEMBER, [PLAN, SPORT, again])
    known = DatedFacts(wrong=wrong(now, 2))

    [cause] = causes(now, invoice(OCTOBER, [PLAN, SPORT]), known)

    assert (cause.kind, cause.amount) == ("correction", Money(2420))
    assert cause.evidence == {
        "name": SPORT.name,
        "credit_note": "DTC-1",
        "on": "2026-11-30",
        "last_time": False,
    }


def test_a_month_later_the_error_is_what_the_bill_before_had() -> None:
    again = replace(SPORT, subscription_id=UUID(int=12), starts_on=OCTOBER.start)
    before = invoice(OCTOBER, [PLAN, SPORT, again])

    [cause] = causes(invoice(NOVEMBER, [PLAN, SPORT]), before, DatedFacts(wrong=wrong(before, 2)))

    assert (cause.kind, cause.amount) == ("correction", Money(-2420))
    assert cause.evidence["last_time"] is True


def test_the_same_error_on_both_explains_nothing() -> None:
    now, before = invoice(NOVEMBER, [PLAN, SPORT]), invoice(OCTOBER, [PLAN, SPORT])

    assert why(now, before, DatedFacts(wrong=wrong(now, 1) | wrong(before, 1))) == []


def test_a_price_above_the_agreement_that_was_credited_is_no_price_change() -> None:
    now = invoice(NOVEMBER, [replace(PLAN, prices=((LONG_AGO, 6500),))])

    # 5.00 + 21 %
    assert why(now, invoice(OCTOBER, [PLAN]), DatedFacts(wrong=wrong(now, 0, 605))) == [
        ("correction", 605)
    ]


subscriptions = st.builds(
    lambda index, kind, start, length, price, step, percent, promo_end, used: replace(
        PLAN,
        subscription_id=UUID(int=100 + index),
        product_code=f"P{index}",
        kind=kind,
        starts_on=start,
        ends_on=start + timedelta(days=length) if length < 300 else None,
        prices=((LONG_AGO, price), (date(2025, 8, 10), price + step)),
        promotions=(
            PromotionFacts(UUID(int=200 + index), {"ro": "p"}, percent, LONG_AGO, promo_end),
        )
        if percent
        else (),
        usage=UsageFacts(used, 10, "EXTRA", {"ro": "u"}, ((LONG_AGO, 333),)) if used else None,
    ),
    st.integers(0, 5),
    st.sampled_from(["plan", "add_on"]),
    st.dates(date(2025, 5, 1), date(2025, 9, 10)),
    st.integers(5, 400),
    st.integers(0, 9999),
    st.integers(-50, 999),
    st.integers(0, 10_000),
    st.dates(date(2025, 7, 1), date(2025, 9, 30)),
    st.integers(0, 20),
)


@given(
    st.integers(1, 28),
    st.lists(subscriptions, max_size=4, unique_by=lambda each: each.subscription_id),
    st.lists(subscriptions, max_size=2, unique_by=lambda each: each.subscription_id),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3000),
)
def test_whatever_was_agreed_the_causes_sum_to_the_difference(
    billing_day: int,
    before: list[SubscriptionFacts],
    more: list[SubscriptionFacts],
    discounted_before: bool,
    discounted_now: bool,
    credit: int,
) -> None:
    """Random agreements around the VAT rate change of August 2025, the hardest months."""
    first = period_of(billing_day, date(2025, 7, 28))
    second = period_of(billing_day, first.end + timedelta(days=1))
    now = {each.subscription_id: each for each in [*before, *more]}
    granted = DiscountDue(UUID(int=5), {"ro": "Reducere"}, 1234, None)

    previous = invoice(
        first, before, discounts=[granted] * discounted_before, credit_used=Money(credit)
    )
    current = invoice(second, list(now.values()), discounts=[granted] * discounted_now)

    told = why(current, previous)
    amounts = [abs(amount) for _, amount in told]
    assert all(amounts)
    assert "rounding" not in [kind for kind, _ in told]


@given(
    billing_day=st.integers(1, 28),
    agreed=st.lists(subscriptions, max_size=4, unique_by=lambda each: each.subscription_id),
    months=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    wrong_lines=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    part=st.integers(1, 100),
)
def test_causes_over_any_two_invoices_sum_to_the_difference(
    billing_day: int,
    agreed: list[SubscriptionFacts],
    months: tuple[int, int],
    wrong_lines: tuple[int, int],
    part: int,
) -> None:
    """Random pairs of eight months, in either order, with something credited on each."""
    first = period_of(billing_day, date(2025, 4, 28))
    periods = [first]
    for _ in range(7):
        periods.append(period_of(billing_day, periods[-1].end + timedelta(days=1)))
    current, previous = (invoice(periods[month], agreed) for month in months)
    credited: dict[UUID, WrongCharge] = {}
    for bill, position in zip((current, previous), wrong_lines, strict=True):
        if position < len(bill.lines):
            gross = bill.lines[position].gross.minor * part // 100
            credited |= wrong(bill, position, gross)
    known = DatedFacts(
        agreements={
            each.subscription_id: Agreement(each.starts_on, each.ends_on, None, each.prices)
            for each in agreed
        },
        wrong=credited,
    )

    told = why(current, previous, known)

    assert all(amount for _, amount in told)
    if months[0] == months[1]:
        assert told == []
