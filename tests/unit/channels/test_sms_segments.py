"""Is the price of an SMS counted as the networks count it?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms.segments import Diacritics, cost, fold, segments, written


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),  # 2 x 153
        ("a" * 307, 3),
        ("€" * 80, 1),  # two places each
        ("€" * 81, 2),
        ("ș" * 70, 1),
        ("a" * 70 + "ș", 2),  # one diacritic makes the whole text UCS-2
        ("ș" * 134, 2),  # 2 x 67
        ("ș" * 135, 3),
        ("😀" * 35, 1),  # two places each
        ("😀" * 36, 2),
        ("€" * 153, 3),  # 76 in a part of 153: none is torn apart
        ("😀" * 67, 3),  # 33 in a part of 67
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_what_a_text_costs_is_told_with_its_alphabet() -> None:
    plain, dear = cost("Aveti de plata [72,60] lei"), cost("Aveți de plată [72,60] lei")
    assert (plain.encoding, plain.places, plain.segments) == ("GSM-7", 28, 1)
    assert (dear.encoding, dear.places, dear.segments) == ("UCS-2", 26, 1)


BILL = "Aveți de plată 72,60 lei până pe 4 decembrie, iar restul sumei îl puteți achita în rate."


@pytest.mark.parametrize(
    ("wish", "text", "sent"),
    [
        (Diacritics.KEEP, BILL, BILL),  # 2 parts of UCS-2
        (Diacritics.AUTO, BILL, fold(BILL)),  # 1 part of GSM-7
        (Diacritics.AUTO, "Vă mulțumim!", "Vă mulțumim!"),  # 1 part either way
        (Diacritics.FOLD, "Vă mulțumim!", "Va multumim!"),
        # folding the letters saves nothing beside an emoji
        (Diacritics.AUTO, "😀" + BILL, "😀" + BILL),
    ],
)
def test_letters_are_folded_as_the_operator_wishes(wish: Diacritics, text: str, sent: str) -> None:
    assert written(text, wish) == sent


def test_romanian_is_whole_in_the_gsm_alphabet_once_folded() -> None:
    folded = fold("„Știți”, așa și-a plătit Ţăranul îndatorat – încă o dată…")
    assert folded == '"Stiti", asa si-a platit Taranul indatorat - inca o data...'
    assert cost(folded).encoding == "GSM-7"


@given(st.text(max_size=400))
def test_auto_never_costs_more_than_keeping(text: str) -> None:
    assert segments(written(text, Diacritics.AUTO)) <= segments(text)


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_words_never_cost_less(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
