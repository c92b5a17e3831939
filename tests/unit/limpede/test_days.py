"""The daily job runs once a day, also for days that a moved clock jumped over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from billing_backend.clock import FixedClock
from limpede.days import Days


async def test_each_day_once_and_in_order() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    done: list[date] = []

    async def run_day(day: date) -> None:
        done.append(day)

    days = Days(clock, "Europe/Bucharest", run_day)
    await days.catch_up()
    await days.catch_up()
    clock.moment += timedelta(days=3)
    await days.catch_up()
    assert done == [date(2026, 11, day) for day in (24, 25, 26, 27)]


async def test_the_day_begins_at_the_businesss_midnight() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 21, 59, tzinfo=UTC))
    done: list[date] = []

    async def run_day(day: date) -> None:
        done.append(day)

    days = Days(clock, "Europe/Bucharest", run_day)
    await days.catch_up()
    clock.moment += timedelta(minutes=1)
    await days.catch_up()
    assert done == [date(2026, 11, 24), date(2026, 11, 25)]


async def test_a_day_that_failed_is_tried_again() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    tries: list[date] = []

    async def run_day(day: date) -> None:
        tries.append(day)
        if len(tries) == 1:
            raise ConnectionError

    days = Days(clock, "Europe/Bucharest", run_day)
    await days.catch_up()
    await days.catch_up()
    await days.catch_up()
    assert tries == [date(2026, 11, 24)] * 2


async def test_a_clock_that_was_set_back_starts_again_from_its_today() -> None:
    clock = FixedClock(datetime(2026, 12, 24, 9, tzinfo=UTC))
    done: list[date] = []

    async def run_day(day: date) -> None:
        done.append(day)

    days = Days(clock, "Europe/Bucharest", run_day)
    await days.catch_up()
    clock.moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    await days.catch_up()
    assert done == [date(2026, 12, 24), date(2026, 11, 24)]
