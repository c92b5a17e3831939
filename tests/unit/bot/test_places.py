"""Is a place in a list told from words that mean something else?"""

from __future__ import annotations

import pytest

from bot.places import place_in


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("primul", 1),
        ("Prima.", 1),
        ("păi aș vrea prima variantă", 1),
        ("al doilea", 2),
        ("pe al doilea, vă rog", 2),
        ("a doua", 2),
        ("al treilea abonament", 3),
        ("ultimul", 3),
        ("varianta 2", 2),
        ("numărul doi", 2),
        ("doi", 2),
        ("unu", 1),
        ("the first one", 1),
        ("I'll take the second one please", 2),
        ("option three", 3),
        ("the last one", 3),
        ("no, the first", 1),
        ("um the third please", 3),
        ("nu, prima", 1),
        ("Option 2.", 2),
    ],
)
def test_a_place_is_read_as_people_say_it(words: str, place: int) -> None:
    assert place_in(words, 3) == place


@pytest.mark.parametrize(
    "words",
    [
        "",
        "nu",
        "al patrulea",  # of three
        "prima factură",
        "a doua oară vă spun că nu vreau",
        "doi lei",
        "de două ori",
        "second bill",
        "last month",
        "50 GB",
        "one moment",
        "two of them",
        "the 200 one",
    ],
)
def test_other_words_are_no_place(words: str) -> None:
    assert place_in(words, 3) is None


def test_where_a_number_is_a_value_only_an_ordinal_is_a_place() -> None:
    assert place_in("doi", 3, numbers=False) is None
    assert place_in("a doua", 3, numbers=False) == 2


def test_nothing_was_listed() -> None:
    assert place_in("ultimul", 0) is None
