"""Are days found, and are they the days that were meant? Today is Tuesday, 24 November 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dates import find_dates
from bot.nlu.reading import read

TODAY = date(2026, 11, 24)


def days(text, expected=False, today=TODAY):
    found = find_dates(read(text), today, expected)
    return [each.value.isoformat() for each in found if each.value]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("astăzi", "2026-11-24"),
        ("mâine", "2026-11-25"),
        ("poimâine", "2026-11-26"),
        ("până vineri", "2026-11-27"),
        ("marți", "2026-11-24"),  # today counts
        ("vinerea viitoare", "2026-12-04"),
        ("vineri săptămâna viitoare", "2026-12-04"),
        ("pe 15", "2026-12-15"),
        ("pe 25", "2026-11-25"),
        ("pe 31", "2026-12-31"),  # November has none
        ("pe cincisprezece", "2026-12-15"),
        ("pe 5 luna viitoare", "2026-12-05"),
        ("pe 5 ale lunii", "2026-12-05"),
        ("peste 10 zile", "2026-12-04"),
        ("peste două săptămâni", "2026-12-08"),
        ("peste o săptămână", "2026-12-01"),
        ("peste o lună", "2026-12-24"),
        ("încă 10 zile", "2026-12-04"),
        ("o amânare de 10 zile", "2026-12-04"),
        ("15 decembrie", "2026-12-15"),
        ("întâi decembrie", "2026-12-01"),
        ("1 mai", "2027-05-01"),
        ("15.12", "2026-12-15"),
        ("15/12/2026", "2026-12-15"),
        ("01.12.26", "2026-12-01"),
        ("2026-12-01", "2026-12-01"),
        ("până la sfârșitul lunii", "2026-11-30"),
        ("acum 3 zile", "2026-11-21"),
        ("în ultima zi a lunii", "2026-11-30"),
        ("la începutul lunii viitoare", "2026-12-01"),
        ("până la mijlocul lunii", "2026-12-15"),
        ("peste douăzeci de zile", "2026-12-14"),
        ("plătesc vineri", "2026-11-27"),
        ("as plati pe 10 ca atunci iau salariul", "2026-12-10"),
    ],
)
def test_a_day_in_romanian(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-11-25"),
        ("the day after tomorrow", "2026-11-26"),
        ("by Friday", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("last friday", "2026-11-20"),
        ("on the 15th", "2026-12-15"),
        ("until the fifteenth", "2026-12-15"),
        ("by 10", "2026-12-10"),
        ("in ten days", "2026-12-04"),
        ("in a week", "2026-12-01"),
        ("10 more days", "2026-12-04"),
        ("a 10 day extension", "2026-12-04"),
        ("December 3rd", "2026-12-03"),
        ("twenty-first of december", "2026-12-21"),
        ("december 15, 2026", "2026-12-15"),
        ("12/25/2026", "2026-12-25"),  # only one way of reading it is a date
        ("the end of the month", "2026-11-30"),
        ("3 days ago", "2026-11-21"),
        ("on the last day of the month", "2026-11-30"),
        ("at the beginning of next month", "2026-12-01"),
        ("in the middle of the month", "2026-12-15"),
        ("two weeks from now", "2026-12-08"),
    ],
)
def test_a_day_in_english(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "31 februarie", "pe 31 februarie 2027", "February 30", "0 decembrie", "32.12.2026",
        "pe 2 numere", "pe 5G", "by 10 %", "ora 12.10", "19.30", "24/7", "2.5 GB", "15",
        "de 3 luni plătesc", "de luni de zile", "ultimele luni", "mai întâi", "mai multe facturi",
        "the second charge", "săptămâna viitoare", "luna viitoare", "peste 9999 zile",
        "după salariu", "la salariu", "când iau pensia", "after payday", "when I get paid",
        "după sărbători", "cât de curând", "as soon as I can",
        "you may call", "sun at noon", "45 lei", "10 zile",
    ],
)  # fmt: skip
def test_no_day_is_made_of_what_is_none(text):
    assert days(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("am plătit pe 12 noiembrie", "2026-11-12"),
        ("I paid on the 15th of October", "2026-10-15"),
        ("am fost taxat vineri", "2026-11-20"),
        ("factura din 12.11", "2026-11-12"),
    ],
)
def test_a_day_that_is_over_is_the_latest_one(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15", "2026-12-15"),
        ("10 zile", "2026-12-04"),
        ("2 weeks", "2026-12-08"),
        ("3 luni", "2027-02-24"),
        ("am zis pe 12 noiembrie", "2027-11-12"),
        ("vineri", "2026-11-27"),
    ],
)
def test_when_the_bot_has_asked_until_when_more_is_a_day(text, day):
    assert days(text, expected=True) == [day]


@pytest.mark.parametrize("text", ["by 10 %", "am 15 facturi de plată", "99999 zile"])
def test_even_then_not_everything_is(text):
    assert days(text, expected=True) == []


def test_the_turn_of_the_year():
    assert days("pe 15 ianuarie", today=date(2026, 12, 30)) == ["2027-01-15"]
    assert days("pe 2", today=date(2026, 12, 30)) == ["2027-01-02"]
    assert days("peste o lună", today=date(2027, 1, 31)) == ["2027-02-28"]
    assert days("29 februarie", today=TODAY) == ["2028-02-29"]


@given(st.text(), st.booleans())
def test_any_text_can_be_read(text, expected):
    find_dates(read(text), TODAY, expected)


@given(st.integers(1, 31), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_a_promised_day_is_never_over_and_is_that_day(day, today):
    (found,) = days(f"pe {day}", today=today)
    assert date.fromisoformat(found) >= today
    assert date.fromisoformat(found).day == day
    assert (date.fromisoformat(found) - today).days <= 62
