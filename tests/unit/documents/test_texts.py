"""Is every word on documents there in both languages, and how are figures and days written?"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from billing_backend.documents import texts
from billing_backend.invoices.periods import Period
from billing_backend.money import Money

FILE = Path(texts.__file__).with_name("texts.json")
WORDS: dict[str, dict[str, dict[str, str]]] = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_text_is_in_both_languages_with_the_same_places() -> None:
    for family, named in WORDS.items():
        for name, by_language in named.items():
            assert by_language.keys() == {"ro", "en"}, (family, name)
            places = {
                language: set(re.findall(r"\{(\w+)\}", words))
                for language, words in by_language.items()
            }
            assert places["ro"] == places["en"], (family, name)
            assert all(words.strip() for words in by_language.values()), (family, name)


def test_romanian_has_commas_below() -> None:
    assert not re.search("[ŞşŢţ]", FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("minor", "ro", "en"),
    [
        (123450, "1.234,50", "1,234.50"),
        (5, "0,05", "0.05"),
        (-1240, "−12,40", "−12.40"),
        (0, "0,00", "0.00"),
        (100_000_000_01, "100.000.000,01", "100,000,000.01"),
    ],
)
def test_amounts(minor: int, ro: str, en: str) -> None:
    assert texts.money(Money(minor), "ro") == ro
    assert texts.money(Money(minor), "en") == en


def test_the_price_of_one_has_the_decimals_that_it_needs() -> None:
    # 10.00 for 3, 67.50 for 15, -20.00 for 1
    assert texts.unit_price(Money(1000), 3, "ro") == "3,3333"
    assert texts.unit_price(Money(6750), 15, "ro") == "4,50"
    assert texts.unit_price(Money(-2000), 1, "ro") == "−20,00"


def test_days_and_rates() -> None:
    first = date(2026, 11, 3)
    assert texts.days(Period(first, date(2026, 11, 19)), "ro") == "03.11.2026 – 19.11.2026"
    assert texts.days(Period(first, first), "en") == "3 Nov 2026"
    assert (texts.percent(2100, "ro"), texts.percent(1250, "ro")) == ("21%", "12,5%")


def test_a_unit_that_is_newer_than_the_texts_is_named_as_it_is() -> None:
    assert texts.either("unit", "kWh", "ro") == "kWh"
