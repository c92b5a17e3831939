"""Are sums of money found, however they are said?"""

import pytest

from bot.nlu.amounts import find_amounts
from bot.nlu.reading import read


@pytest.mark.parametrize(
    ("text", "bani"),
    [
        ("45 de lei", 4500),
        ("45,50 RON", 4550),
        ("45.5 lei", 4550),
        ("RON 1.234,56", 123456),
        ("1,234.56 lei", 123456),
        ("1.234 lei", 123400),  # three digits after a point are thousands
        ("un leu", 100),
        ("forty lei", 4000),
        ("forty-five lei", 4500),
        ("a hundred and twenty lei", 12000),
        ("patruzeci și cinci de lei", 4500),
        ("o sută douăzeci de lei și cincizeci de bani", 12050),
        ("50 de bani", 50),
        ("am plătit 45,50", 4550),
        ("45de lei", 4500),
        ("RON45", 4500),
        ("five hundred and fifty lei", 55000),
        ("o mie două sute de lei", 120000),
        ("un leu și cincizeci de bani", 150),
        ("100 roni", 10000),
    ],
)
def test_an_amount_is_found(text, bani):
    assert [found.value for found in find_amounts(read(text))] == [bani]


@pytest.mark.parametrize(
    "text", ["45", "45.50", "45 euro", "45,50 eur", "sute de lei", "mie", "12.11.2026", "10 %"]
)
def test_what_is_no_sum_of_lei_is_not_found(text):
    assert find_amounts(read(text)) == []


def test_the_place_of_an_amount_said_in_words_is_its_place_in_the_text():
    text = "mi-ați luat patruzeci și cinci de lei în plus"
    (found,) = find_amounts(read(text))
    assert text[found.start : found.end] == "patruzeci și cinci de lei"


def test_two_amounts_are_two():
    found = find_amounts(read("de la 50 lei la 79,99 lei"))
    assert [each.value for each in found] == [5000, 7999]
