"""Which phone numbers are numbers?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.numbers import e164, language_of


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+40722100201", "+40722100201"),
        ("0722 100 201", "+40722100201"),
        (" +44 7700 900123", "+447700900123"),
        # what the network sends for hidden callers, two of which would pass for numbers
        ("+266696687", None),
        ("+86282452253", None),
        ("+17378742883", None),
        ("anonymous", None),
        ("Restricted", None),
        ("unavailable", None),
        ("", None),
        ("1234", None),
        ("ORANGE", None),
        ("sip:ana@example.com", None),
        ("client:ana", None),
        ("+" + "9" * 30, None),
    ],
)
def test_a_number_is_in_e164_or_is_none(written: str, number: str | None) -> None:
    assert e164(written) == number


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        ("+40722100201", "ro"),
        ("+37360123456", "ro"),
        ("+447700900123", "en"),
        ("+4915112345678", None),
        (None, None),
    ],
)
def test_a_countrys_language_is_a_hint(phone: str | None, language: str | None) -> None:
    assert language_of(phone) == language


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    number = e164(text)
    assert number is None or number.startswith("+")
    assert language_of(number) in {"ro", "en", None}
