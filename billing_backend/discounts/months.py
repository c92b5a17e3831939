"""Which month comes when, for discounts that run by months?"""

from __future__ import annotations

from datetime import date


def months_between(earlier: date, later: date) -> int:
    """Whole months, as people count them: 31 January to 28 February is none, to 1 March one."""
    months = calendar_months(earlier, later)
    return months if later.day >= earlier.day else months - 1


def calendar_months(earlier: date, later: date) -> int:
    """Steps from one calendar month to the other, whatever the days."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def first_of_month(day: date, plus: int = 0) -> date:
    """The first day of the month, so many months later."""
    index = day.year * 12 + day.month - 1 + plus
    return date(index // 12, index % 12 + 1, 1)


def months_left(first_month: date, months: int, billed: date | None) -> int:
    """Months of a discount that no invoice has given yet; `billed` is the month of the newest
    billed period, None when there is none."""
    if billed is None:
        return months
    given = calendar_months(first_month, billed) + 1
    return min(max(months - given, 0), months)
