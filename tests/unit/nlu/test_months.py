"""Are months found, and of the right year? It is November 2026."""

from datetime import date

import pytest

from bot.nlu.months import find_months, is_compared_with
from bot.nlu.reading import read

TODAY = date(2026, 11, 24)


def months(text, expected=False, today=TODAY):
    return [found.value for found in find_months(read(text), today, expected)]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("factura din octombrie", "2026-10"),
        ("factura pe noiembrie", "2026-11"),
        ("factura din decembrie", "2025-12"),  # the one that has been
        ("luna trecută", "2026-10"),
        ("factura lunii trecute", "2026-10"),
        ("luna asta", "2026-11"),
        ("luna viitoare", "2026-12"),
        ("acum 2 luni", "2026-09"),
        ("factura lunii mai de ce e mare", "2026-05"),
        ("pt nov", "2026-11"),
        ("octombrie anul trecut", "2025-10"),
        ("octombrie 2024", "2024-10"),
        ("10.2026", "2026-10"),
        ("last month's bill", "2026-10"),
        ("the October one", "2026-10"),
        ("for May", "2026-05"),
        ("two months ago", "2026-09"),
    ],
)
def test_a_month_is_found(text, month):
    assert months(text) == [month]


@pytest.mark.parametrize(
    "text", ["în mai mult", "mai am de plată", "may I ask", "noi am plătit", "un mar", "2026"]
)
def test_everyday_words_are_no_months(text):
    assert months(text) == []


def test_when_the_bot_has_asked_until_when_a_month_is_the_coming_one():
    assert months("ianuarie", expected=True) == ["2027-01"]
    assert months("decembrie", expected=True) == ["2026-12"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("facturile din august și octombrie", ["2026-08", "2026-10"]),
        ("nu cea din octombrie, cea din septembrie", ["2026-10", "2026-09"]),
        ("between July and September", ["2026-07", "2026-09"]),
        ("why is this month more than last month", ["2026-11", "2026-10"]),
        ("luna asta față de luna trecută", ["2026-11", "2026-10"]),
    ],
)
def test_two_months_are_two_in_their_order(text, named):
    assert months(text) == named


def test_last_month_in_january_is_of_last_year():
    assert months("luna trecută", today=date(2027, 1, 31)) == ["2026-12"]


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("de ce e factura din octombrie mai mare decât cea din august", ["2026-08"]),
        ("why is October higher than the one of August", ["2026-08"]),
        ("decât în august e mai mare în octombrie", ["2026-08"]),
        ("am de plată mai mult față de luna trecută", ["2026-10"]),
        ("compared with last month", ["2026-10"]),
        ("factura din octombrie e mare", []),
        ("în august și în octombrie", []),
    ],
)
def test_a_month_after_a_word_that_compares_is_the_other_one(text, compared):
    reading = read(text)
    found = find_months(reading, TODAY)
    assert [each.value for each in found if is_compared_with(reading, each.start)] == compared
