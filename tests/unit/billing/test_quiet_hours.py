"""When is nobody written to?"""

from datetime import UTC, datetime, time

import pytest

from billing_backend.notices.rules import quiet


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    # UTC; in Bucharest it is two hours later in winter
    [(18, 59, False), (19, 0, True), (23, 0, True), (5, 59, True), (6, 0, False), (12, 0, False)],
)
def test_from_nine_in_the_evening_until_eight_nobody_is_written_to(
    hour: int, minute: int, expected: bool
) -> None:
    moment = datetime(2026, 11, 24, hour, minute, tzinfo=UTC)

    assert quiet(moment, "Europe/Bucharest", time(21), time(8)) is expected


def test_the_same_hour_twice_means_that_there_are_no_quiet_hours() -> None:
    moment = datetime(2026, 11, 24, 20, tzinfo=UTC)

    assert not quiet(moment, "Europe/Bucharest", time(0), time(0))
