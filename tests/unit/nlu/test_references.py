"""Are invoice numbers and languages found?"""

import pytest

from bot.nlu.reading import read
from bot.nlu.references import find_invoice_numbers, find_language_names, find_which_invoice


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("factura LMP-2026-000123", "LMP-2026-000123"),
        ("lmp 2026 15", "LMP202615"),
        ("factura nr. 12345", "12345"),
        ("invoice number AB123456", "AB123456"),
    ],
)
def test_an_invoice_number_is_found(text, number):
    assert [found.value for found in find_invoice_numbers(read(text))] == [number]


@pytest.mark.parametrize("text", ["factura din 2026", "20 GB", "factura de 120 lei", "din 2026"])
def test_other_figures_are_no_invoice_numbers(text):
    assert find_invoice_numbers(read(text)) == []


def test_languages_by_name():
    assert [each.value for each in find_language_names(read("vorbiți românește?"))] == ["ro"]
    assert [each.value for each in find_language_names(read("in English please"))] == ["en"]
    assert find_language_names(read("bună ziua")) == []


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("cea dinainte", "previous"),
        ("nu, cea de dinainte", "previous"),
        ("factura anterioară", "previous"),
        ("aia precedentă", "previous"),
        ("the one before", "previous"),
        ("no, the one before that", "previous"),
        ("show me the previous invoice", "previous"),
        ("ultima factură", "latest"),
        ("cea curentă", "latest"),
        ("the latest one", "latest"),
        ("my last bill", "latest"),
    ],
)
def test_an_invoice_by_its_place(text, which):
    assert [found.value for found in find_which_invoice(read(text))] == [which]


@pytest.mark.parametrize(
    "text", ["factura din octombrie", "the one before Christmas", "ultima plată", "last month"]
)
def test_no_place_is_made_of_other_words(text):
    assert find_which_invoice(read(text)) == []
