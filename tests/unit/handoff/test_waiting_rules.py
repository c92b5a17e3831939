"""Who is answered first, how long a wait is, when people are on duty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.queue.hours import WORKING_HOURS, closed_until, is_open, next_opening, parse_hours
from handoff.queue.models import Reason
from handoff.queue.rules import (
    ORDINARY,
    URGENT,
    Band,
    Staff,
    average_handling,
    band,
    expected_wait,
    may_acknowledge,
    priority,
)

ZONE = "Europe/Bucharest"
FOUR_MINUTES = timedelta(minutes=4)


@pytest.mark.parametrize("reason", list(Reason))
def test_distress_and_legal_threats_go_first(reason: Reason) -> None:
    urgent = reason in (Reason.DISTRESS, Reason.LEGAL_THREAT)
    assert priority(reason) == (URGENT if urgent else ORDINARY)
    assert URGENT < ORDINARY


@pytest.mark.parametrize(
    ("place", "available", "busy", "expected"),
    [
        (1, 2, 0, Band.UNDER_1),  # somebody is free
        (2, 2, 0, Band.UNDER_1),
        (3, 2, 0, Band.FROM_1_TO_3),  # one place behind 2 free agents: 1 x 4 min / 2
        (1, 2, 2, Band.FROM_1_TO_3),  # 1 x 4 / 2
        (1, 1, 1, Band.FROM_3_TO_10),  # 1 x 4 / 1
        (3, 2, 2, Band.FROM_3_TO_10),  # 3 x 4 / 2
        (6, 2, 2, Band.OVER_10),  # 6 x 4 / 2 = 12
        (1, 0, 0, Band.FROM_3_TO_10),  # nobody there: as if one were about to come
    ],
)
def test_the_wait_is_place_times_handling_by_agents(
    place: int, available: int, busy: int, expected: Band
) -> None:
    assert band(expected_wait(place, Staff(available, busy), FOUR_MINUTES)) == expected


@given(place=st.integers(1, 200), available=st.integers(0, 50), busy=st.integers(0, 60))
def test_who_is_further_back_never_waits_less(place: int, available: int, busy: int) -> None:
    staff = Staff(available, busy)
    ahead = expected_wait(place, staff, FOUR_MINUTES)
    assert expected_wait(place + 1, staff, FOUR_MINUTES) >= ahead


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, Band.UNDER_1),
        (60, Band.FROM_1_TO_3),
        (179, Band.FROM_1_TO_3),
        (180, Band.FROM_3_TO_10),
        (600, Band.FROM_3_TO_10),
        (601, Band.OVER_10),
    ],
)
def test_bands_meet_without_gaps(seconds: int, expected: Band) -> None:
    assert band(timedelta(seconds=seconds)) == expected


def test_the_average_begins_with_the_expectation_and_follows_what_is_measured() -> None:
    assert average_handling([], FOUR_MINUTES) == FOUR_MINUTES
    # 10 x 4 min expected, 10 x 8 min measured: (40 + 80) / 20
    assert average_handling([timedelta(minutes=8)] * 10, FOUR_MINUTES) == timedelta(minutes=6)


def test_a_case_left_open_for_a_week_counts_as_half_an_hour() -> None:
    # (10 x 4 + 30) / 11 minutes
    expected = timedelta(minutes=70) / 11
    assert average_handling([timedelta(days=7)], FOUR_MINUTES) == expected
    # A clock that was moved back gives a negative length: it counts as the shortest.
    assert average_handling([timedelta(days=-7)], FOUR_MINUTES) < FOUR_MINUTES


def test_an_acknowledgment_is_given_at_most_once_a_minute() -> None:
    noon = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert may_acknowledge(None, noon)
    assert not may_acknowledge(noon, noon + timedelta(seconds=59))
    assert may_acknowledge(noon, noon + timedelta(seconds=60))
    assert may_acknowledge(noon, noon - timedelta(days=1))


def at(moment: str) -> datetime:
    """A moment in Bucharest's winter time."""
    return datetime.fromisoformat(f"{moment}+02:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-11-23T07:59", False),  # a Monday
        ("2026-11-23T08:00", True),
        ("2026-11-23T19:59", True),
        ("2026-11-23T20:00", False),
        ("2026-11-28T09:00", True),  # a Saturday
        ("2026-11-28T14:00", False),
        ("2026-11-29T12:00", False),  # a Sunday
    ],
)
def test_working_hours_are_local_to_the_business(moment: str, opened: bool) -> None:
    assert is_open(WORKING_HOURS, at(moment), zone=ZONE) is opened


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T06:00", "2026-11-23T08:00:00+02:00"),
        ("2026-11-23T21:00", "2026-11-24T08:00:00+02:00"),
        ("2026-11-27T21:00", "2026-11-28T09:00:00+02:00"),  # Friday evening: Saturday
        ("2026-11-28T15:00", "2026-11-30T08:00:00+02:00"),  # Saturday afternoon: Monday
    ],
)
def test_the_next_opening_is_told_when_closed(moment: str, opens: str) -> None:
    told = closed_until(WORKING_HOURS, at(moment), zone=ZONE)
    assert told is not None
    assert told.isoformat() == opens


def test_the_opening_after_the_clock_change_is_at_the_same_local_hour() -> None:
    saturday_evening = at("2027-03-27T18:00")  # summer time begins on the 28th
    opens = next_opening(WORKING_HOURS, saturday_evening, zone=ZONE)
    assert opens.isoformat() == "2027-03-29T08:00:00+03:00"


def test_a_closed_day_is_skipped() -> None:
    holiday = frozenset({date(2026, 12, 1)})  # Romania's national day, a Tuesday
    noon = at("2026-12-01T12:00")
    opens = closed_until(WORKING_HOURS, noon, zone=ZONE, closed_on=holiday)
    assert opens is not None
    assert opens.date() == date(2026, 12, 2)


def test_always_is_never_closed() -> None:
    assert closed_until(parse_hours("always"), at("2026-11-29T03:00"), zone=ZONE) is None


def test_a_span_over_the_end_of_the_week_and_until_midnight() -> None:
    hours = parse_hours("Sat-Mon 22:00-24:00")
    opened = [is_open(hours, at(f"2026-11-{day}T23:30"), zone=ZONE) for day in (27, 28, 29, 30)]
    assert opened == [False, True, True, True]  # Friday to Monday


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Mon 8-20", "is not an opening"),
        ("Lun 08:00-20:00", "is not a day"),
        ("Mon 08:00-25:00", "is not a time"),
        ("Mon 20:00-08:00", "closes before it opens"),
        ("", "is not an opening"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_hours(written)
