"""The account review: what each rule finds, and what it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from billing_backend.contract import Tier
from billing_backend.corrections.amounts import spread
from billing_backend.corrections.facts import (
    CreditLine,
    EarlierCredit,
    Found,
    LateFeeFacts,
    OrderedSubscription,
    PaymentElsewhere,
    ReviewFacts,
    StrayPayment,
)
from billing_backend.corrections.rules import review
from billing_backend.invoices.facts import PromotionFacts, SubscriptionFacts
from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money, total
from billing_backend.policy import Policy, above_limit

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
LONG_AGO = date(2020, 1, 1)
FILMS, AGAIN, ORDER = UUID(int=1), UUID(int=2), UUID(int=50)

ORDERED = OrderedSubscription(
    agreed=SubscriptionFacts(
        subscription_id=FILMS,
        product_code="FILMS",
        kind="add_on",
        name={"ro": "Filme"},
        quantity=1,
        starts_on=LONG_AGO,
        ends_on=None,
        prices=((LONG_AGO, 2400),),
    ),
    order_id=ORDER,
    ordered_quantity=1,
    ordered_on=date(2026, 6, 1),
    ordered_by="customer",
)


def line(number: int, *, net: int = 2400, **changes: object) -> LineView:
    made = LineView(
        line_id=UUID(int=1000 + number),
        kind="add_on",
        description={"ro": "Filme", "en": "Films"},
        quantity=1,
        net=Money(net),
        tax=Money(net).share(2100),
        tax_rate_bp=2100,
        period=NOVEMBER,
        product_code="FILMS",
        subscription_id=FILMS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def account(
    lines: Sequence[LineView],
    *,
    ordered: Sequence[OrderedSubscription] = (ORDERED,),
    late_fees: dict[UUID, LateFeeFacts] | None = None,
    stray: Sequence[StrayPayment] = (),
    elsewhere: Sequence[PaymentElsewhere] = (),
    credited: Sequence[EarlierCredit] = (),
) -> ReviewFacts:
    net = total(each.net for each in lines)
    tax = total(each.tax for each in lines)
    invoice = InvoiceView(
        invoice_id=UUID(int=500),
        account_id=UUID(int=7),
        number="DT-2026-000001",
        period=NOVEMBER,
        issued_on=NOVEMBER.start,
        due_on=date(2026, 11, 15),
        net=net,
        tax=tax,
        total=net + tax,
        paid=Money(0),
        credit_used=Money(0),
        lines=tuple(lines),
    )
    return ReviewFacts(
        billing_day=1,
        invoices=(invoice,),
        subscriptions={each.agreed.subscription_id: each for each in ordered},
        late_fees=late_fees or {},
        stray_payments=tuple(stray),
        payments_elsewhere=tuple(elsewhere),
        credited={invoice.invoice_id: credited},
    )


def another(of: OrderedSubscription, **changes: object) -> OrderedSubscription:
    return replace(of, agreed=replace(of.agreed, subscription_id=AGAIN), **changes)  # type: ignore[arg-type]


def agreed(**changes: object) -> OrderedSubscription:
    return replace(ORDERED, agreed=replace(ORDERED.agreed, **changes))  # type: ignore[arg-type]


def kinds(found: Sequence[Found]) -> list[tuple[str, int]]:
    return [(each.finding.kind, each.finding.amount.minor) for each in found]


def test_a_right_invoice_has_nothing_to_find() -> None:
    assert review(account([line(1)])) == []


def test_carmens_add_on_activated_twice_from_one_order_is_a_duplicate_charge() -> None:
    twice = account([line(1), line(2, subscription_id=AGAIN)], ordered=[ORDERED, another(ORDERED)])

    [found] = review(twice)

    assert kinds([found]) == [("duplicate_charge", 2904)]
    assert found.finding.line_ids == (UUID(int=1002),)
    assert found.finding.evidence["times"] == 2
    assert found.to_end == (AGAIN,)


def test_two_orders_of_the_same_add_on_are_no_duplicate() -> None:
    both = account(
        [line(1), line(2, subscription_id=AGAIN)],
        ordered=[ORDERED, another(ORDERED, order_id=UUID(int=51))],
    )

    assert review(both) == []


def test_two_lines_of_one_subscription_end_nothing_that_goes_on() -> None:
    [found] = review(account([line(1), line(2)]))

    assert found.finding.kind == "duplicate_charge"
    assert found.to_end == ()


def test_the_discount_on_a_duplicate_is_not_given_back_too() -> None:
    promotion = PromotionFacts(UUID(int=9), {"ro": "p"}, 5000, LONG_AGO, date(2030, 1, 1))
    half = {"kind": "discount", "net": -1200, "promotion_id": UUID(int=9)}
    ordered = agreed(promotions=(promotion,))
    twice = account(
        [
            line(1),
            line(2, **half),  # type: ignore[arg-type]
            line(3, subscription_id=AGAIN),
            line(4, subscription_id=AGAIN, **half),  # type: ignore[arg-type]
        ],
        ordered=[ordered, another(ordered)],
    )

    # (24.00 - 12.00) + 21 %
    assert kinds(review(twice)) == [("duplicate_charge", 1452)]


def test_the_same_error_has_the_same_id_at_every_review_until_it_is_corrected() -> None:
    facts = account([line(1), line(2)])
    [first], [second] = review(facts), review(facts)

    assert first.finding.finding_id == second.finding.finding_id
    assert review(facts, corrected={first.finding.finding_id}) == []


def test_an_add_on_without_an_order_is_found_and_ended() -> None:
    nobody = replace(ORDERED, order_id=None, ordered_on=None, ordered_by=None)

    [found] = review(account([line(1)], ordered=[nobody]))

    assert found.finding.kind == "add_on_not_ordered"
    assert found.to_end == (FILMS,)


def test_a_period_begun_after_the_last_day_is_charged_after_cancellation() -> None:
    ended = agreed(ends_on=date(2026, 10, 31))

    assert kinds(review(account([line(1)], ordered=[ended]))) == [
        ("charged_after_cancellation", 2904)
    ]
    within = agreed(ends_on=date(2026, 11, 3))
    assert review(account([line(1)], ordered=[within])) == []


def test_more_than_the_agreed_price_is_found_to_the_minor_unit() -> None:
    cheaper = agreed(agreed_net_minor=2000, agreed_until=date(2026, 12, 31))

    # 4.00 + 21 %
    assert kinds(review(account([line(1)], ordered=[cheaper]))) == [("price_above_agreement", 484)]


def test_less_than_the_agreed_price_is_nobodys_complaint() -> None:
    assert review(account([line(1, net=2000)])) == []


def test_a_part_of_a_month_that_costs_more_than_its_days() -> None:
    half = {"kind": "proration", "period": Period(date(2026, 11, 16), date(2026, 11, 30))}

    right = account([line(1, net=1200, **half)], ordered=[agreed(starts_on=date(2026, 11, 16))])
    wrong = account([line(1, net=1300, **half)], ordered=[agreed(starts_on=date(2026, 11, 16))])

    assert review(right) == []
    assert kinds(review(wrong)) == [("wrong_proration", 121)]


def test_a_promised_promotion_that_is_not_on_the_invoice() -> None:
    promotion = PromotionFacts(UUID(int=9), {"ro": "p"}, 2000, LONG_AGO, date(2026, 12, 31))
    promised = agreed(promotions=(promotion,))
    given = line(2, kind="discount", net=-480, promotion_id=UUID(int=9))

    # 24.00 x 20 % = 4.80, + 21 % = 5.81
    assert kinds(review(account([line(1)], ordered=[promised]))) == [
        ("promised_discount_missing", 581)
    ]
    assert review(account([line(1), given], ordered=[promised])) == []


def test_tax_at_a_rate_that_was_not_in_force() -> None:
    july = Period(date(2025, 7, 1), date(2025, 7, 31))

    [found] = review(account([line(1, period=july)]))

    # 24.00 x 2 %: tax only
    assert kinds([found]) == [("wrong_tax_rate", 48)]
    assert found.credits[0].net == Money(0)


def test_a_late_fee_for_an_invoice_paid_in_time_arranged_or_disputed() -> None:
    fee = line(
        1,
        kind="late_fee",
        net=1000,
        tax=Money(0),
        tax_rate_bp=0,
        subscription_id=None,
        product_code=None,
        charge_id=UUID(int=70),
    )
    late = LateFeeFacts("DT-2026-000000", date(2026, 10, 15), 2904, 0, arranged=False)

    def found(facts: LateFeeFacts) -> list[tuple[str, int]]:
        return kinds(review(account([fee], late_fees={UUID(int=70): facts})))

    assert found(late) == []
    assert found(replace(late, paid_in_time=2904)) == [("late_fee_unjustified", 1000)]
    assert found(replace(late, arranged=True)) == [("late_fee_unjustified", 1000)]
    assert found(replace(late, disputed=True)) == [("late_fee_unjustified", 1000)]
    both = replace(late, arranged=True, disputed=True)
    assert found(both) == [("late_fee_unjustified", 1000)], "one fee is given back once"


def test_money_that_was_put_on_no_account_is_found_with_its_invoice() -> None:
    stray = StrayPayment(
        UUID(int=80), Money(2904), date(2026, 11, 10), "BT-1", "plata DT-2026-000001"
    )

    [found] = review(account([line(1)], stray=[stray]))

    assert kinds([found]) == [("payment_not_allocated", 2904)]
    assert found.finding.invoice_number == "DT-2026-000001"
    assert found.credits == ()


FIRST_LINE = UUID(int=1001)


def by_hand(reason: str, net: int, *, of: UUID | None = FIRST_LINE) -> EarlierCredit:
    """A credit note that a person gave, on the first line unless said otherwise."""
    credit = CreditLine(of, {"ro": "Credit"}, Money(net), Money(net).share(2100), 2100)
    return EarlierCredit("DTC-1", reason, None, date(2026, 11, 20), credit)


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        # 4.00 + 21 % are too much; for 1.00 + 0.21 of it a person gave a note for this very error.
        ([by_hand("price_above_agreement", 100)], [("price_above_agreement", 363)]),
        ([by_hand("price_above_agreement", 400)], []),
        # Goodwill, another error and goodwill on the whole leave the line enough to put this right.
        ([by_hand("goodwill", 100)], [("price_above_agreement", 484)]),
        ([by_hand("wrong_tax_rate", 100)], [("price_above_agreement", 484)]),
        ([by_hand("goodwill", 100, of=None)], [("price_above_agreement", 484)]),
        # 29.04 - 25.41 are left of the line, and of the invoice.
        ([by_hand("goodwill", 2100)], [("price_above_agreement", 363)]),
        ([by_hand("goodwill", 2100, of=None)], [("price_above_agreement", 363)]),
        ([by_hand("goodwill", 2400)], []),
    ],
)
def test_what_a_person_has_credited_is_not_found_again(
    earlier: list[EarlierCredit], found: list[tuple[str, int]]
) -> None:
    cheaper = agreed(agreed_net_minor=2000, agreed_until=date(2026, 12, 31))

    assert kinds(review(account([line(1)], ordered=[cheaper], credited=earlier))) == found


def test_the_last_correction_of_a_rate_gives_back_exactly_its_tax() -> None:
    """Goodwill on the whole took a ban more of the net than of one line; the duplicate is what is
    left of the invoice, and so is its tax."""
    twice = account([line(1), line(2)])
    uneven = CreditLine(None, {"ro": "Gest"}, Money(2401), Money(503), 2100)
    goodwill = [replace(by_hand("goodwill", 0), line=uneven)]

    [found] = review(replace(twice, credited={twice.invoices[0].invoice_id: goodwill}))

    # 2 x (24.00 + 5.04) - (24.01 + 5.03)
    assert (found.credits[0].net, found.credits[0].tax) == (Money(2399), Money(505))


OURS, THEIRS = UUID(int=7), UUID(int=8)
ELSEWHERE = PaymentElsewhere(
    payment=StrayPayment(
        UUID(int=81), Money(2904), date(2026, 11, 10), "BT-2", "plata DT-2026-000001"
    ),
    account_id=THEIRS,
    named=frozenset({OURS}),
    proven=frozenset({OURS}),
    decided=False,
    paid_there=Money(0),
)


def test_money_that_named_this_account_and_lies_on_another_is_found() -> None:
    [found] = review(account([line(1)], elsewhere=[ELSEWHERE]))

    assert kinds([found]) == [("payment_on_another_account", 2904)]
    assert found.taken_from == THEIRS
    assert not found.needs_person, "it has paid nothing there"
    assert str(THEIRS) not in str(found.finding), "whose account it is on is nobody's business"


def test_money_that_has_paid_something_there_needs_a_person() -> None:
    [found] = review(account([line(1)], elsewhere=[replace(ELSEWHERE, paid_there=Money(1))]))

    assert found.needs_person


@pytest.mark.parametrize(
    "doubt",
    [
        {"named": frozenset({OURS, THEIRS})},  # the payer named both
        {"proven": frozenset()},  # only a number that may be a day
        {"named": frozenset({THEIRS}), "proven": frozenset({THEIRS})},
        {"decided": True},  # a person put it there
    ],
)
def test_money_elsewhere_with_any_doubt_is_no_finding(doubt: dict[str, object]) -> None:
    doubtful = replace(ELSEWHERE, **doubt)  # type: ignore[arg-type]

    assert review(account([line(1)], elsewhere=[doubtful])) == []


def test_several_promotions_never_promise_more_than_the_fee() -> None:
    """60 % and 60 %: the second takes the 40 % that the first has left, and nothing is missing."""
    first = PromotionFacts(UUID(int=9), {"ro": "p"}, 6000, LONG_AGO, date(2026, 12, 31))
    second = replace(first, promotion_id=UUID(int=10))
    promised = agreed(promotions=(first, second))
    given = [
        line(2, kind="discount", net=-1440, promotion_id=UUID(int=9)),
        line(3, kind="discount", net=-960, promotion_id=UUID(int=10)),
    ]

    assert review(account([line(1), *given], ordered=[promised])) == []


def test_limits_of_correction_by_tier() -> None:
    limits = Policy().correction_limits

    assert above_limit(limits, Money(200_00), Tier.ASSISTANT) is None
    refused = above_limit(limits, Money(200_01), Tier.ASSISTANT)
    assert refused is not None
    assert (refused.limit, refused.needs) == (Money(200_00), "agent")
    refused = above_limit(limits, Money(1000_01), Tier.AGENT)
    assert refused is not None
    assert refused.needs == "supervisor"
    assert above_limit(limits, Money(10**9), Tier.SUPERVISOR) is None


def test_a_limit_says_nothing_of_another_currency_so_it_takes_somebody_without_one() -> None:
    limits = Policy().correction_limits
    for tier in (Tier.ASSISTANT, Tier.AGENT):
        refused = above_limit(limits, Money(1, "EUR"), tier)
        assert refused is not None
        assert (refused.amount, refused.needs) == (Money(1, "EUR"), "supervisor")
    assert above_limit(limits, Money(1, "EUR"), Tier.SUPERVISOR) is None


def test_a_credit_on_a_whole_invoice_is_shared_over_its_rates_and_sums() -> None:
    mixed = account(
        [line(1), line(2, net=1000, tax=Money(190), tax_rate_bp=1900), line(3, net=-500)]
    ).invoices[0]

    lines = spread(mixed, Money(1001), {"ro": "Reducere"})

    assert total(each.gross for each in lines) == Money(1001)
    assert {each.tax_rate_bp for each in lines} == {1900, 2100}
