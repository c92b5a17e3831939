"""Is the language of a message recognised, and doubt admitted?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "Bună ziua",
        "cat am de plata",
        "de ce asa mult",
        "i-am platit deja",
        "mi-ati luat de doua ori",
        "vreau un discount",
        "da",
        "nu mersi",
        "când e scadența",
        "imi trebuie un discount la billing",
    ],
)
def test_romanian_with_and_without_diacritics(text):
    assert detect(text) == "ro"


@pytest.mark.parametrize(
    "text",
    ["hello", "how much do I owe", "yes", "no thanks", "why so much", "talk to a person pls"],
)
def test_english(text):
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text", ["", "ok", "Popescu", "123456", "👍", "internet", "Ana", "привет", "مرحبا", "xqzt"]
)
def test_doubt_is_admitted(text):
    assert detect(text) is None


@given(st.text())
def test_any_text_gets_an_answer(text):
    assert detect(text) in ("ro", "en", None)
