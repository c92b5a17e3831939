"""Is a long text cut where people would cut it, and is nothing lost?"""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.splitting import split, utf16_units

texts = st.text(st.sampled_from("aăș .\n!?😀e"), max_size=400)


@given(texts, st.integers(2, 40))
def test_every_piece_fits_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(piece.strip() and len(piece) <= limit for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)


@given(texts, st.integers(2, 40))
def test_pieces_fit_by_telegrams_measure_too(text: str, limit: int) -> None:
    pieces = split(text, limit, utf16_units)
    assert all(len(piece.encode("utf-16-le")) // 2 <= limit for piece in pieces)


def test_paragraphs_are_better_cuts_than_sentences_and_sentences_than_words() -> None:
    assert split("Unu doi.\n\nTrei. Patru cinci", 20) == ["Unu doi.", "Trei. Patru cinci"]
    assert split("Unu doi trei. Patru cinci", 20) == ["Unu doi trei.", "Patru cinci"]
    assert split("unu doi trei patru cinci", 20) == ["unu doi trei patru", "cinci"]


def test_what_has_no_break_is_cut_where_it_must_be() -> None:
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_a_text_that_fits_is_left_alone_and_a_blank_one_is_nothing() -> None:
    assert split("Bună ziua.\nAna", 100) == ["Bună ziua.\nAna"]
    assert split(" \n ", 100) == []
