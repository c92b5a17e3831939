"""Does "the second one" choose from a list, and a sentence with a number in it nothing?"""

from __future__ import annotations

import pytest

from bot.places import place_in


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the second one", 2),
        ("no, the first", 1),
        ("um the third please", 3),
        ("I'll take number two", 2),
        ("two", 2),
        ("Option 4.", 4),
        ("a doua", 2),
        ("nu, prima", 1),
        ("pe a treia, vă rog", 3),
        ("al doilea", 2),
        ("varianta 1", 1),
        ("numărul trei", 3),
    ],
)
def test_a_place_on_the_list(text: str, place: int) -> None:
    assert place_in(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "the second bill is wrong",
        "10",
        "the 200 one",
        "one moment",
        "no",
        "two of them",
        "",
        "prima factură",
    ],
)
def test_more_or_less_than_a_place_is_none(text: str) -> None:
    assert place_in(text) is None
