"""May a customer pay later, and until when?"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.contract import ArrangementSummary, ExtensionChoices, ExtensionRefused
from billing_backend.money import Money
from billing_backend.plans.rules import (
    OpenInvoice,
    PastArrangement,
    choices,
    refuse_day,
    status,
)
from billing_backend.policy import Policy

POLICY = Policy()
TODAY = date(2026, 11, 24)  # a Tuesday


def invoice(due_in: int, minor: int = 8_000, number: str = "DT 1") -> OpenInvoice:
    return OpenInvoice(number, TODAY + timedelta(days=due_in), Money(minor))


def past(made: int, status: str, owed: int = 0) -> PastArrangement:
    """An arrangement made so many days ago."""
    summary = ArrangementSummary(uuid4(), Money(5_000), TODAY, status)
    return PastArrangement(summary, TODAY - timedelta(days=made), Money(owed))


def allowed(
    invoices: list[OpenInvoice], before: list[PastArrangement] | None = None
) -> ExtensionChoices:
    found = choices(invoices, before or [], TODAY, POLICY)
    assert isinstance(found, ExtensionChoices)
    return found


def test_bogdan_who_is_overdue_gets_up_to_14_days_from_today() -> None:
    offered = allowed([invoice(due_in=-1)])

    assert offered == ExtensionChoices(
        amount=Money(8_000),
        invoice_numbers=("DT 1",),
        # 28 November is a Saturday: the Friday before; 3 and 8 December are working days
        dates=(date(2026, 11, 27), date(2026, 12, 3), date(2026, 12, 8)),
        latest=date(2026, 12, 8),
    )


def test_who_asks_early_gets_14_days_beyond_the_due_date() -> None:
    assert allowed([invoice(due_in=10)]).latest == TODAY + timedelta(days=24)


def test_the_oldest_invoice_sets_the_limit_and_later_ones_are_not_touched() -> None:
    offered = allowed(
        [invoice(-30, 100, "DT 1"), invoice(14, 200, "DT 2"), invoice(15, 400, "DT 3")]
    )

    assert offered.latest == TODAY + timedelta(days=14)
    assert (offered.invoice_numbers, offered.amount) == (("DT 1", "DT 2"), Money(300))


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ([past(3, "open", owed=10)], "already_arranged"),
        ([past(40, "broken", owed=10)], "broken_arrangement"),
        ([past(40, "kept"), past(200, "kept")], "too_many"),
        ([past(40, "kept"), past(200, "broken")], "too_many"),  # broken ones count too
        ([past(364, "kept"), past(364, "kept")], "too_many"),
    ],
)
def test_nobody_gets_more_time_than_the_rules_allow(
    before: list[PastArrangement], reason: str
) -> None:
    refused = choices([invoice(-1)], before, TODAY, POLICY)

    assert isinstance(refused, ExtensionRefused)
    assert refused.reason == reason


@pytest.mark.parametrize(
    "before",
    [
        [past(40, "kept")],
        [past(365, "kept"), past(365, "kept"), past(40, "kept")],  # a year ago to the day is over
        [past(40, "broken", owed=0)],  # paid late, but paid
    ],
)
def test_earlier_arrangements_do_not_count_for_ever(before: list[PastArrangement]) -> None:
    assert isinstance(choices([invoice(-1)], before, TODAY, POLICY), ExtensionChoices)


def test_without_anything_due_there_is_nothing_to_extend() -> None:
    assert choices([], [], TODAY, POLICY) == ExtensionRefused("nothing_due")


@pytest.mark.parametrize(
    ("due_in", "pay_in", "reason"),
    [
        (-1, -1, "date_in_past"),
        (-1, 0, None),
        (-1, 14, None),
        (-1, 15, "date_too_late"),
        (10, 9, "before_due_date"),
        (10, 10, "before_due_date"),
        (10, 11, None),
        (10, 24, None),
        (10, 25, "date_too_late"),
    ],
)
def test_only_days_between_the_due_date_and_the_limit_can_be_agreed(
    due_in: int, pay_in: int, reason: str | None
) -> None:
    invoices = [invoice(due_in)]
    refused = refuse_day(TODAY + timedelta(days=pay_in), invoices, allowed(invoices), TODAY)

    assert (None if refused is None else refused.reason) == reason


@pytest.mark.parametrize(
    ("pay_in", "owed", "broken_in", "expected"),
    [
        (3, 10, None, "open"),
        (0, 10, None, "open"),  # the last day is still in time
        (-1, 10, None, "broken"),  # even before the daily job has noticed
        (-1, 0, None, "kept"),
        (3, 0, None, "kept"),
        (-5, 0, -4, "broken"),  # paid late
    ],
)
def test_an_arrangement_is_kept_open_or_broken(
    pay_in: int, owed: int, broken_in: int | None, expected: str
) -> None:
    broken_on = None if broken_in is None else TODAY + timedelta(days=broken_in)

    assert status(TODAY + timedelta(days=pay_in), Money(owed), broken_on, TODAY) == expected


@given(
    today=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    due_in=st.lists(st.integers(-90, 30), min_size=1, max_size=4),
    days=st.integers(1, 60),
)
def test_every_suggested_day_can_be_agreed_on(today: date, due_in: list[int], days: int) -> None:
    policy = Policy(extension_days=days)
    invoices = [
        OpenInvoice(f"DT {n}", today + timedelta(days=due), Money(100))
        for n, due in enumerate(due_in)
    ]
    offered = choices(invoices, [], today, policy)

    assert isinstance(offered, ExtensionChoices)
    assert 1 <= len(offered.dates) <= 3
    assert sorted(set(offered.dates)) == list(offered.dates)
    for day in offered.dates:
        assert refuse_day(day, invoices, offered, today) is None
        assert day.weekday() < 5 or len(offered.dates) == 1
