"""May this customer pay in parts, and do the parts come to the whole?"""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.contract import (
    ArrangementSummary,
    ExtensionRefused,
    Instalment,
    InstalmentChoices,
)
from billing_backend.money import Money, total
from billing_backend.plans.instalments import instalment_choices, next_part, parts_of
from billing_backend.plans.rules import OpenInvoice, PastArrangement, status
from billing_backend.policy import Policy

POLICY = Policy()
TODAY = date(2026, 11, 24)  # a Tuesday


def owes(*minor: int, currency: str = "RON") -> list[OpenInvoice]:
    return [
        OpenInvoice(f"DT {index}", TODAY - timedelta(days=1), Money(amount, currency))
        for index, amount in enumerate(minor)
    ]


def earlier(state: str, owed: int = 100, days_ago: int = 30) -> PastArrangement:
    summary = ArrangementSummary(UUID(int=1), Money(100), TODAY, state)
    return PastArrangement(summary, TODAY - timedelta(days=days_ago), Money(owed))


def test_all_that_is_owed_may_be_paid_in_two_three_or_four_parts() -> None:
    found = instalment_choices(owes(8_000, 4_001), [], TODAY, POLICY)

    assert isinstance(found, InstalmentChoices)
    assert found.amount == Money(12_001)
    assert [len(plan) for plan in found.plans] == [2, 3, 4]
    # 40.00 + 40.01 + 40.00 = 120.01; two weeks from now, then month by month
    assert found.plans[1] == (
        Instalment(date(2026, 12, 8), Money(4_000)),
        Instalment(date(2027, 1, 8), Money(4_001)),
        Instalment(date(2027, 2, 8), Money(4_000)),
    )


@pytest.mark.parametrize(
    ("invoices", "past", "reason"),
    [
        (owes(), [], "nothing_due"),
        (owes(10_000), [], "too_small"),  # above 100.00, so not 100.00
        (owes(20_000, currency="EUR"), [], "other_currency"),  # the least is in RON
        (owes(20_000), [earlier("open")], "already_arranged"),
        (owes(20_000), [earlier("broken")], "broken_arrangement"),
        (owes(20_000), [earlier("kept", 0), earlier("kept", 0)], "too_many"),
    ],
)
def test_the_same_rules_on_history_refuse(
    invoices: list[OpenInvoice], past: list[PastArrangement], reason: str
) -> None:
    found = instalment_choices(invoices, past, TODAY, POLICY)

    assert isinstance(found, ExtensionRefused)
    assert found.reason == reason


def test_parts_are_in_the_currency_of_what_is_owed() -> None:
    policy = replace(POLICY, instalments_from=Money(2_000, "EUR"))
    found = instalment_choices(owes(6_000, currency="EUR"), [], TODAY, policy)

    assert isinstance(found, InstalmentChoices)
    assert found.amount == Money(6_000, "EUR")
    assert [part.amount for part in found.plans[0]] == [Money(3_000, "EUR")] * 2


def test_a_part_that_would_be_due_at_a_weekend_is_due_on_the_friday_before() -> None:
    # 14 days after Saturday 21 November is Saturday 5 December
    first, *_ = parts_of(Money(20_000), 2, date(2026, 11, 21), POLICY)

    assert first.due_on == date(2026, 12, 4)


@given(st.integers(10_001, 10**9), st.integers(2, 4), st.dates(date(2026, 1, 1), date(2029, 1, 1)))
def test_the_parts_sum_to_the_whole_and_come_one_after_the_other(
    minor: int, count: int, today: date
) -> None:
    parts = parts_of(Money(minor), count, today, POLICY)

    assert total(part.amount for part in parts) == Money(minor)
    assert max(part.amount.minor for part in parts) - min(part.amount.minor for part in parts) <= 1
    days = [part.due_on for part in parts]
    assert days == sorted(set(days))
    assert days[0] > today
    assert all(day.weekday() < 5 for day in days)


PARTS = parts_of(Money(12_000), 3, TODAY, POLICY)  # 40.00 on 8 December, January and February


@pytest.mark.parametrize(
    ("owed", "today", "expected"),
    [
        (12_000, date(2026, 12, 8), "open"),
        (12_000, date(2026, 12, 9), "broken"),
        (8_001, date(2026, 12, 9), "broken"),
        (8_000, date(2026, 12, 9), "open"),
        (8_000, date(2027, 1, 9), "broken"),
        (0, date(2027, 1, 9), "kept"),
    ],
)
def test_a_part_that_is_missed_breaks_the_arrangement(
    owed: int, today: date, expected: str
) -> None:
    assert status(PARTS[-1].due_on, Money(owed), None, today, PARTS) == expected


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        (12_000, (date(2026, 12, 8), 4_000)),
        (11_000, (date(2026, 12, 8), 3_000)),
        (8_000, (date(2027, 1, 8), 4_000)),
        (1, (date(2027, 2, 8), 1)),
        (0, None),
    ],
)
def test_the_next_part_is_what_is_left_of_the_first_unpaid_one(
    owed: int, expected: tuple[date, int] | None
) -> None:
    found = next_part(PARTS, Money(owed))

    assert (found and (found.due_on, found.amount.minor)) == expected
