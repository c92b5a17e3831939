"""Which days does a billing period have, and which part of a price falls on some of them?"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from billing_backend.money import Money

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def overlap(self, start: date, end: date) -> "Period | None":
        """The days that are also between `start` and `end`; None when there are none."""
        first, last = max(self.start, start), min(self.end, end)
        return Period(first, last) if first <= last else None

    def share(self, whole: Money, part: "Period") -> Money:
        """What these days of the period cost; law: the parts of a period sum to the whole.

        Proration by days, by the steps between running totals rounded half up (Money.split).
        """
        before = (part.start - self.start).days
        after = (self.end - part.end).days
        return whole.split([before, part.days, after])[1]


def period_of(billing_day: int, day: date) -> Period:
    """The billing period that `day` falls in."""
    start = _start_in_month(billing_day, day.year, day.month)
    if start > day:
        start = _start_in_month(billing_day, *_month_before(day.year, day.month))
    return Period(start, _next_start(billing_day, start) - _DAY)


def previous_period(billing_day: int, period: Period) -> Period:
    return period_of(billing_day, period.start - _DAY)


def periods_between(billing_day: int, start: date, end: date) -> list[Period]:
    """Every billing period that has days between `start` and `end`, oldest first, whole."""
    periods = []
    day = start
    while day <= end:
        period = period_of(billing_day, day)
        periods.append(period)
        day = period.end + _DAY
    return periods


def month_of(day: date) -> Period:
    """The calendar month that `day` falls in."""
    return period_of(1, day)


def months_back(day: date, months: int) -> date:
    """The same day so many months earlier (later, if negative), or the last of that month."""
    index = day.year * 12 + day.month - 1 - months
    return _start_in_month(day.day, index // 12, index % 12 + 1)


def _start_in_month(billing_day: int, year: int, month: int) -> date:
    return date(year, month, min(billing_day, calendar.monthrange(year, month)[1]))


def _next_start(billing_day: int, start: date) -> date:
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    return _start_in_month(billing_day, year, month)


def _month_before(year: int, month: int) -> tuple[int, int]:
    return (year - 1, 12) if month == 1 else (year, month - 1)
