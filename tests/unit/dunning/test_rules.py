"""Which step is due about a debt? A table of examples, and laws over random days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.dunning.rules import Debt, after, next_step
from billing_backend.dunning.table import Action, tables
from billing_backend.money import Money

# Reminder on day 3, late fee on day 4, reminder on 10, announced on 20, suspended on 30.
TABLE = tables()[-1]
DUE = date(2026, 11, 1)
REMINDED, FEE, AGAIN, ANNOUNCED, SUSPENDED = Action


def day(number: int) -> date:
    """So many days after the due date."""
    return DUE + timedelta(days=number)


def debt(minor: int = 8_000, **also: object) -> Debt:
    known = Debt(counts_from=DUE, outstanding=Money(minor), disputed=Money(0))
    return replace(known, **also)  # type: ignore[arg-type]


def done(**days: int) -> dict[Action, date]:
    return {Action(action): day(number) for action, number in days.items()}


@pytest.mark.parametrize(
    ("late", "known", "step"),
    [
        # day by day
        (2, debt(), None),
        (3, debt(), REMINDED),
        (3, debt(done=done(reminder_1=3)), None),
        (4, debt(done=done(reminder_1=3)), FEE),
        (4, debt(done=done(reminder_1=3), late_fee_charged=True), None),
        (10, debt(done=done(reminder_1=3), late_fee_charged=True), AGAIN),
        (20, debt(done=done(reminder_1=3, reminder_2=10), late_fee_charged=True), ANNOUNCED),
        # announced on the 20th: the tenth day after it is the 30th
        (
            29,
            debt(
                done=done(reminder_1=3, reminder_2=10, suspension_notice=20),
                late_fee_charged=True,
            ),
            None,
        ),
        (
            30,
            debt(
                done=done(reminder_1=3, reminder_2=10, suspension_notice=20),
                late_fee_charged=True,
            ),
            SUSPENDED,
        ),
        # caught up: announced on the 27th, so suspended on the 37th and not before
        (
            36,
            debt(
                done=done(reminder_1=13, reminder_2=17, suspension_notice=27),
                late_fee_charged=True,
            ),
            None,
        ),
        (
            37,
            debt(
                done=done(reminder_1=13, reminder_2=17, suspension_notice=27),
                late_fee_charged=True,
            ),
            SUSPENDED,
        ),
        # a month late and nothing done: the fee, then one reminder, not four letters at once
        (31, debt(), FEE),
        (31, debt(late_fee_charged=True), REMINDED),
        (31, debt(done=done(reminder_1=31), late_fee_charged=True), None),
        (38, debt(done=done(reminder_1=31), late_fee_charged=True), AGAIN),
        # what is not asked for: 80.00 of which 75.00 are disputed leaves 5.00, below 10.00
        (10, debt(999), None),
        (10, debt(1_000), FEE),
        (10, debt(disputed=Money(7_500), held=True), None),
        (10, debt(disputed=Money(7_000), held=True), REMINDED),  # 10.00 is owed, but no late fee
        (10, debt(disputed=Money(9_000), held=True), None),
        (10, debt(arranged=True), None),
        # another invoice has suspended the account already
        (
            30,
            debt(
                done=done(reminder_1=3, reminder_2=10, suspension_notice=20),
                late_fee_charged=True,
                suspended=True,
            ),
            None,
        ),
        # after a rejected dispute the days count from its fresh due date, the 15th
        (17, debt(counts_from=day(15), late_fee_charged=True), None),
        (18, debt(counts_from=day(15), late_fee_charged=True), REMINDED),
    ],
)
def test_the_next_step_is_that_of_the_table(late: int, known: Debt, step: Action | None) -> None:
    assert next_step(known, TABLE, day(late)) is step


def lived(known: Debt, days: list[int], disputed: frozenset[int]) -> list[tuple[int, Action]]:
    """What dunning does when it runs on these days; on some of them all is disputed."""
    steps: list[tuple[int, Action]] = []
    for number in days:
        held = number in disputed
        now = replace(known, held=held, disputed=known.outstanding if held else Money(0))
        while (step := next_step(now, TABLE, day(number))) is not None:
            steps.append((number, step))
            now = after(now, step, day(number))
        known = now
    return steps


DAYS = st.lists(st.integers(0, 120), max_size=60).map(sorted)


@given(DAYS, st.frozensets(st.integers(0, 120), max_size=30))
def test_no_step_comes_twice_and_none_while_all_is_disputed(
    days: list[int], disputed: frozenset[int]
) -> None:
    steps = lived(debt(), days, disputed)

    actions = [step for _, step in steps]
    assert len(set(actions)) == len(actions)
    assert not disputed & {number for number, _ in steps}


@given(DAYS)
def test_whatever_days_are_missed_a_suspension_is_announced_ten_days_before(
    days: list[int],
) -> None:
    when = {step: number for number, step in lived(debt(), days, frozenset())}

    if SUSPENDED in when:
        assert when[SUSPENDED] - when[ANNOUNCED] >= 10
        assert when[REMINDED] < when[AGAIN] < when[ANNOUNCED]


@given(DAYS, st.integers(0, 999))
def test_a_small_debt_is_left_alone(days: list[int], minor: int) -> None:
    assert lived(debt(minor), days, frozenset()) == []


def test_in_another_currency_than_the_tables_it_is_reminded_and_charged_no_fee() -> None:
    in_euro = {"outstanding": Money(100, "EUR"), "disputed": Money(0, "EUR")}
    assert next_step(debt(**in_euro), TABLE, day(3)) is REMINDED
    assert next_step(debt(**in_euro, done=done(reminder_1=3)), TABLE, day(4)) is None
    nothing = {**in_euro, "outstanding": Money(0, "EUR")}
    assert next_step(debt(**nothing), TABLE, day(3)) is None
