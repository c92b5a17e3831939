"""What may be disputed, and how much of it?"""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.contract import DisputeRefused, DisputeSummary
from billing_backend.disputes.rules import Before, Disputable, answer_by, due_again_on, may_open
from billing_backend.money import Money
from billing_backend.policy import Policy

POLICY = Policy()
TODAY = date(2026, 11, 24)
PLAN, SPORT, FEE = UUID(int=1), UUID(int=2), UUID(int=3)
# 75.02 + 24.20 + 10.00 = 109.22
INVOICE = Disputable(
    issued_on=date(2026, 11, 1),
    total=Money(10_922),
    credited=Money(0),
    outstanding=Money(10_922),
    lines={PLAN: Money(7_502), SPORT: Money(2_420), FEE: Money(1_000)},
)


def before(state: str, *lines: UUID, minor: int = 2_420) -> Before:
    summary = DisputeSummary(
        dispute_id=UUID(int=9),
        number="CT-2026-000001",
        invoice_number="DT-2026-000001",
        amount=Money(minor),
        reason="other",
        words="nu e al meu",
        state=state,
        opened_on=TODAY,
        answer_by=TODAY,
        lines=(),
    )
    return Before(summary, frozenset(lines))


def asked(
    *lines: UUID,
    amount: int | None = None,
    invoice: Disputable = INVOICE,
    known: tuple[Before, ...] = (),
) -> int | str:
    """The disputed amount in bani, or why not."""
    wanted = None if amount is None else Money(amount)
    found = may_open(invoice, lines, wanted, known, TODAY, POLICY)
    return found.reason if isinstance(found, DisputeRefused) else found.minor


PAID = replace(INVOICE, outstanding=Money(0))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (asked(SPORT), 2_420),
        (asked(SPORT, FEE), 3_420),
        (asked(), 10_922),
        (asked(SPORT, amount=1_000), 1_000),
        (asked(SPORT, amount=2_421), "above_invoice"),
        (asked(SPORT, amount=0), "above_invoice"),
        # 100.00 of 109.22 was credited: 9.22 is left, of whichever line
        (asked(SPORT, invoice=replace(INVOICE, credited=Money(10_000))), 922),
        (asked(SPORT, invoice=replace(INVOICE, credited=Money(10_922))), "nothing_left"),
        # the sport package is disputed: the rest may be, and comes to 109.22 - 24.20 = 85.02
        (asked(SPORT, known=(before("open", SPORT),)), "already_disputed"),
        (asked(known=(before("under_review", SPORT),)), "already_disputed"),
        (asked(SPORT, known=(before("open"),)), "already_disputed"),
        (asked(PLAN, FEE, known=(before("open", SPORT),)), 8_502),
        (asked(SPORT, known=(before("rejected", SPORT),)), "already_disputed"),
        (asked(SPORT, known=(before("withdrawn", SPORT),)), 2_420),
        # paid: for twelve months after the invoice
        (asked(SPORT, invoice=PAID), 2_420),
        (asked(SPORT, invoice=replace(PAID, issued_on=date(2025, 11, 24))), 2_420),
        (asked(SPORT, invoice=replace(PAID, issued_on=date(2025, 11, 23))), "too_old"),
        (asked(SPORT, invoice=replace(INVOICE, issued_on=date(2024, 1, 1))), 2_420),
    ],
)
def test_what_may_be_disputed(result: int | str, expected: int | str) -> None:
    assert result == expected


def test_whoever_disputes_again_is_told_which_dispute_it_is() -> None:
    known = before("open", SPORT)
    found = may_open(INVOICE, (SPORT,), None, (known,), TODAY, POLICY)

    assert found == DisputeRefused("already_disputed", existing=known.summary)


def test_the_answer_is_due_in_thirty_days() -> None:
    assert answer_by(TODAY, POLICY) == date(2026, 12, 24)


def test_only_what_was_not_credited_is_due_again() -> None:
    assert due_again_on(Money(100), Money(0), TODAY, POLICY) == date(2026, 12, 8)
    assert due_again_on(Money(100), Money(99), TODAY, POLICY) == date(2026, 12, 8)
    assert due_again_on(Money(100), Money(100), TODAY, POLICY) is None


@given(
    st.sets(st.sampled_from([PLAN, SPORT, FEE])),
    st.integers(0, 10_922),
    st.one_of(st.none(), st.integers(1, 20_000)),
)
def test_never_more_is_disputed_than_is_left_of_the_invoice(
    lines: set[UUID], credited: int, amount: int | None
) -> None:
    invoice = replace(INVOICE, credited=Money(credited))
    found = asked(*lines, amount=amount, invoice=invoice)

    if isinstance(found, int):
        assert 0 < found <= 10_922 - credited
