"""Is a message read alike however it is typed?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normaliser import MAX_CHARACTERS, fold, normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Cât am de PLATĂ", "cat am de plata"),
        ("şi ţară, și țară", "si tara si tara"),  # cedilla and comma below
        ("45,50 lei", "xamount"),
        ("45 de lei", "xamount"),
        ("€12.99", "xamount"),
        ("pe 12.11.2026", "pe xdate"),
        ("factura LMP-2026-000123", "factura xcode"),
        ("de 2 ori", "de xnumber ori"),
        ("sunați la 0722 123 456", "sunati la xnumber xnumber xnumber"),
        ("0722123456", "xlongnumber"),
        ("ana@exemplu.ro https://exemplu.ro/x", "xemail xlink"),
        ("daaaa", "da"),
        ("copiiiii", "copii"),
        ("why?!", "why ?"),
        ("don't", "dont"),
        ("mi-ați luat", "mi ati luat"),
        ("👍", "signyes"),
        ("   ", ""),
        ("...", ""),
    ],
)
def test_a_message_is_read_without_the_way_it_was_typed(typed, read):
    assert normalise(typed) == read


def test_with_and_without_diacritics_is_the_same_message():
    assert normalise("Vreau să știu cât plătesc în plus") == normalise(
        "vreau sa stiu cat platesc in plus"
    )


def test_only_the_beginning_of_a_very_long_message_is_read():
    assert len(normalise("factura " * 10_000)) <= MAX_CHARACTERS


@given(st.text())
def test_any_text_can_be_read(text):
    words = normalise(text)
    assert words == " ".join(words.split())


@given(st.text(alphabet=st.characters(max_codepoint=0x17F)))
def test_folding_keeps_every_letter_in_its_place(text):
    # Latin letters as they are typed, composed: one stays one.
    if fold(text) and len(fold(text)) != len(text):
        assert any(0x300 <= ord(letter) < 0x370 for letter in text)
