"""How much may still be credited, and with which tax: never more than is left, to the ban."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.corrections import amounts
from billing_backend.corrections.facts import CreditLine
from billing_backend.corrections.reasons import BY_HAND, Kind, Reason, kind_of, ledger_of
from billing_backend.invoices.periods import Period
from billing_backend.invoices.totals import line_taxes
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money, total

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
NOTHING = Money(0)
NAME = {"ro": "Gest", "en": "Goodwill"}
PLAN, SPORT = UUID(int=1), UUID(int=2)


def invoice(*lines: tuple[int, int], promoted: Sequence[int] = ()) -> InvoiceView:
    """(net, rate) of each line; `promoted`: the discounts among them, each on the line before."""
    taxes = line_taxes(lines)
    views = tuple(
        LineView(
            line_id=UUID(int=100 + number),
            kind="discount" if number in promoted else "plan_fee",
            description={"ro": f"Poziția {number}", "en": f"Line {number}"},
            quantity=1,
            net=Money(net),
            tax=Money(tax),
            tax_rate_bp=rate,
            period=NOVEMBER,
            subscription_id=UUID(int=number - (number in promoted)),
            promotion_id=UUID(int=9) if number in promoted else None,
        )
        for number, ((net, rate), tax) in enumerate(zip(lines, taxes, strict=True), start=1)
    )
    net, tax = total(each.net for each in views), total(each.tax for each in views)
    return InvoiceView(
        invoice_id=UUID(int=500),
        account_id=UUID(int=7),
        number="DT-2026-000001",
        period=NOVEMBER,
        issued_on=NOVEMBER.start,
        due_on=date(2026, 11, 15),
        net=net,
        tax=tax,
        total=net + tax,
        paid=NOTHING,
        credit_used=NOTHING,
        lines=views,
    )


def figures(lines: Sequence[CreditLine]) -> list[tuple[int, int, int]]:
    return [(each.tax_rate_bp, each.net.minor, each.tax.minor) for each in lines]


def test_a_whole_invoice_is_credited_line_by_line_discounts_and_refunds_included() -> None:
    bill = invoice((6000, 2100), (-1200, 2100), (1000, 0), promoted=[2])

    # 60.00 + 12.60; -12.00 - 2.52; a late fee without VAT
    assert figures(amounts.whole(bill, NAME, [])) == [
        (2100, 6000, 1260),
        (2100, -1200, -252),
        (0, 1000, 0),
    ]


def test_a_line_goes_with_the_promotion_that_was_taken_off_it() -> None:
    bill = invoice((6000, 2100), (-1200, 2100), (2000, 2100), promoted=[2])
    plan = bill.lines[0]

    # (60.00 - 12.00) + 21 %
    assert amounts.left_of_line(bill, plan, []) == Money(5808)
    assert figures(amounts.of_line(bill, plan, Money(5808), [])) == [
        (2100, 6000, 1260),
        (2100, -1200, -252),
    ]
    assert amounts.left_of_line(bill, bill.lines[1], []) == NOTHING, "it gave money back already"


def test_a_part_of_a_line_has_its_share_of_tax() -> None:
    bill = invoice((6000, 2100), (1000, 0))

    # 10.00 / 1.21 = 8.26
    assert figures(amounts.of_line(bill, bill.lines[0], Money(1000), [])) == [(2100, 826, 174)]
    assert figures(amounts.of_line(bill, bill.lines[1], Money(1000), [])) == [(0, 1000, 0)]


def test_what_was_credited_of_a_line_is_gone_from_it_and_from_its_rate() -> None:
    bill = invoice((6000, 2100), (2000, 2100))
    first = amounts.of_line(bill, bill.lines[0], Money(5000), [])
    goodwill = amounts.spread(bill, Money(3000), NAME, first)

    # 72.60 - 50.00; then 96.80 - 80.00 are left of the whole
    assert amounts.left_of_line(bill, bill.lines[0], first) == Money(2260)
    assert amounts.left_of_line(bill, bill.lines[1], [*first, *goodwill]) == Money(1680)
    assert amounts.left_of_invoice(bill, [*first, *goodwill]) == Money(1680)


def test_a_refund_at_another_rate_stays_within_the_whole() -> None:
    """The fees of 72.60 less a refund of 11.90 at the rate before: 60.70 were to be paid."""
    bill = invoice((6000, 2100), (-1000, 1900))

    assert amounts.left_of_line(bill, bill.lines[0], []) == Money(6070)
    assert total(each.gross for each in amounts.whole(bill, NAME, [])) == Money(6070)
    too_much = amounts.of_line(bill, bill.lines[0], Money(7260), [])
    assert amounts.too_much(bill, too_much, [])
    # 60.70 - 10.00, though 62.60 are left at the fees' own rate
    before = amounts.spread(bill, Money(1000), NAME)
    assert amounts.left_of_line(bill, bill.lines[0], before) == Money(5070)


@pytest.mark.parametrize("rate", [0, 1900, 2100])
def test_a_ban_too_much_is_too_much(rate: int) -> None:
    bill = invoice((6000, rate), (500, 2100 if rate != 2100 else 0))
    line = bill.lines[0]
    allowed = amounts.left_of_line(bill, line, [])
    one_more = CreditLine(line.line_id, NAME, allowed + Money(1), NOTHING, rate)

    assert not amounts.too_much(bill, amounts.of_line(bill, line, allowed, []), [])
    assert amounts.too_much(bill, [one_more], [])


RATES = st.sampled_from([0, 900, 1100, 1900, 2100])


@given(
    st.lists(st.tuples(st.integers(1, 20_000), RATES), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(-1, 5), st.integers(1, 9_999)),  # which line (-1: all), how much
        max_size=8,
    ),
)
def test_whatever_the_parts_were_every_rate_gets_exactly_its_net_and_tax_back(
    lines: list[tuple[int, int]], steps: list[tuple[int, int]]
) -> None:
    bill = invoice(*lines)
    given_so_far: list[CreditLine] = []
    for which, wanted in steps:
        if which < 0:
            left = amounts.left_of_invoice(bill, given_so_far)
            part = Money(min(wanted, left.minor))
            new = amounts.spread(bill, part, NAME, given_so_far) if part else ()
        else:
            line = bill.lines[which % len(bill.lines)]
            part = Money(min(wanted, amounts.left_of_line(bill, line, given_so_far).minor))
            new = amounts.of_line(bill, line, part, given_so_far) if part else ()
        assert total(each.gross for each in new) == part, "the parts sum to the whole"
        assert not amounts.too_much(bill, new, given_so_far)
        given_so_far += new
        for each in amounts.left_by_rate(bill, given_so_far).values():
            assert each.net.minor >= 0
            assert each.tax.minor >= 0
    given_so_far += amounts.whole(bill, NAME, given_so_far)

    for each in amounts.left_by_rate(bill, given_so_far).values():
        assert (each.net, each.tax) == (NOTHING, NOTHING)


def test_every_reason_has_a_kind_and_discounts_are_not_given_by_hand() -> None:
    assert {kind_of(reason) for reason in Reason} == set(Kind)
    assert kind_of("duplicate_charge") is Kind.ERROR
    assert {kind_of(reason) for reason in BY_HAND} == set(Kind) - {Kind.DISCOUNT}
    assert len({ledger_of(reason) for reason in Reason}) == len(Kind), "apart in the books"
    with pytest.raises(ValueError, match="tea"):
        kind_of("tea")
