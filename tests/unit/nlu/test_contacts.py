"""Are telephone numbers and e-mail addresses found, typed or dictated?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.contacts import find_emails, find_phone_numbers
from bot.nlu.reading import read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sunați-mă la 0722123456", "+40722123456"),
        ("0722 123 456", "+40722123456"),
        ("0722.123.456", "+40722123456"),
        ("+40 722 123 456", "+40722123456"),
        ("0040722123456", "+40722123456"),
        ("fix 021 310 11 22", "+40213101122"),
        ("zero șapte doi doi unu doi trei patru cinci șase", "+40722123456"),
        ("zero seven two two one two three four five six", "+40722123456"),
        ("my new number is +44 7911 123456", "+447911123456"),
        ("call 0733-000-111 please", "+40733000111"),
    ],
)
def test_a_phone_number_is_found(text, number):
    assert [found.value for found in find_phone_numbers(read(text))] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "072212345",
        "factura LMP-2026-000123",
        "45,50 lei",
        "2026-11-24",
        "10 000 000 lei",
        "cod 50012",
    ],
)
def test_other_figures_are_no_phone_numbers(text):
    assert find_phone_numbers(read(text)) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ana.Pop@Exemplu.ro", "ana.pop@exemplu.ro"),
        ("trimite la ana+facturi@mail.exemplu.ro.", "ana+facturi@mail.exemplu.ro"),
        ("ana punct pop arond exemplu punct ro", "ana.pop@exemplu.ro"),
        ("john dot smith at example dot com", "john.smith@example.com"),
    ],
)
def test_an_email_is_found(text, address):
    assert [found.value for found in find_emails(read(text))] == [address]


@pytest.mark.parametrize("text", ["@ana", "ana@", "meet me at home", "acasă la Ana"])
def test_what_is_no_address_is_not_found(text):
    assert find_emails(read(text)) == []


@given(st.text())
def test_any_text_can_be_read(text):
    find_phone_numbers(read(text))
    find_emails(read(text))
