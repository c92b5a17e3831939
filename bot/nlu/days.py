"""Which day do a day, a month and perhaps a year say, seen from today? Pure, stdlib only."""

import calendar
from datetime import date, timedelta


def day_in_year(day: int, month: int, year: int) -> date | None:
    """That day, or None when there is none (31 February). "26" is 2026."""
    if year < 100:
        year += 2000
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_of_month(day: int, month: int, today: date, past: bool = False) -> date | None:
    """The next such day on or after today; with `past`, the latest on or before today.

    29 February looks as far as the next leap year.
    """
    years = range(today.year, today.year - 9, -1) if past else range(today.year, today.year + 9)
    for year in years:
        found = day_in_year(day, month, year)
        if found and (found <= today if past else found >= today):
            return found
    return None


def day_number(day: int, today: date, past: bool = False) -> date | None:
    """The next (or latest) month's `day` on or after (before) today: "pe 31" skips November."""
    first = today.replace(day=1)
    for months in range(0, 3):
        month = add_months(first, -months if past else months)
        found = day_in_year(day, month.month, month.year)
        if found and (found <= today if past else found >= today):
            return found
    return None


def weekday(number: int, today: date, which: str = "coming") -> date:
    """The day of the week `number` (Monday is 0): the coming one (today counts), the one of the
    "next" calendar week, or the "last" one before today."""
    if which == "last":
        return today - timedelta((today.weekday() - number - 1) % 7 + 1)
    if which == "next":
        return today + timedelta(7 - today.weekday() + number)
    return today + timedelta((number - today.weekday()) % 7)


def add_months(day: date, months: int) -> date:
    """`day` so many months later (or earlier), held back to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, last_day(year, month + 1)))


def end_of_month(day: date) -> date:
    """The last day of the month that `day` is in."""
    return day.replace(day=last_day(day.year, day.month))


def last_day(year: int, month: int) -> int:
    """How many days that month has."""
    return calendar.monthrange(year, month)[1]
