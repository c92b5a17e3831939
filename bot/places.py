"""Which place in a list that was read or shown do words name: "a doua", "the last one"? Pure.

Deliberately literal: a place and little beside it. Longer sentences have a will of their own.
"""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

_ORDINALS = {
    1: r"prim(?:ul|a)|intai(?:ul|a)?|first",
    2: r"a(?:l)? doi?lea|al 2-?lea|a (?:doua|2-?a)|second",
    3: r"al (?:trei|3-?)lea|a (?:treia|3-?a)|third",
    4: r"al (?:patru|4-?)lea|a (?:patra|4-?a)|fourth",
    5: r"al (?:cinci|5-?)lea|a (?:cincea|5-?a)|fifth",
    6: r"al (?:sase|6-?)lea|a (?:sasea|6-?a)|sixth",
    7: r"al (?:sapte|7-?)lea|a (?:saptea|7-?a)|seventh",
    8: r"al (?:opt(?:u)?|8-?)lea|a (?:opta|8-?a)|eighth",
    9: r"al (?:noua|9-?)lea|a (?:noua|9-?a)|ninth",
}
_NUMBERS = {
    1: "unu|una|one|1",
    2: "doi|doua|two|2",
    3: "trei|three|3",
    4: "patru|four|4",
    5: "cinci|five|5",
    6: "sase|six|6",
    7: "sapte|seven|7",
    8: "opt|eight|8",
    9: "noua|nine|9",
}
_LAST = "ultim(?:ul|a)|last"
_THING = r"(?:variant\w*|optiun\w*|numarul|nr\.?|tast\w*|option|number|key|choice)"
# What people say around it, and nothing more.
_BEFORE = (
    r"(?:(?:pai|deci|atunci|ok|okay|bine|da|nu|hai|as|vreau|vrea|doresc|aleg|iau|o|sa|pe|la|cea|cel|apas|"
    r"de|ramane|merge|then|so|yes|no|wait|well|um+|uh+|hm+|i|i'll|i'd|would|like|want|take|choose|pick|go|with|give|me|for|the"
    r"|press)[\s,]+)*"
)
_AFTER = (
    r"(?:[\s,]+(?:variant\w*|optiun\w*|din lista|de sus|abonament\w*|plan\w*|zi(?:ua)?|data|"
    r"va rog|te rog|mersi|multumesc|e bun\w*|e ok|atunci|"
    r"one|option|day|date|in the list|please|then|thanks|is fine))*"
)


def place_in(words: str, count: int, *, numbers: bool = True) -> int | None:
    """1 for the first of `count` things; None when the words name no place, or one beyond them.

    `numbers`: whether a mere "doi" is a place, and not a value of its own such as a day.
    """
    said = fold(words).replace("’", "'").strip(" .,!")
    if _fits(said, _LAST):
        return count or None
    places = [place for place, form in _ORDINALS.items() if _fits(said, form)]
    places += [place for place, form in _NUMBERS.items() if _fits(said, f"{_THING}\\s+(?:{form})")]
    if numbers:
        places += [place for place, form in _NUMBERS.items() if _fits(said, form)]
    return next((place for place in places if place <= count), None)


def _fits(said: str, form: str) -> bool:
    return re.fullmatch(f"{_BEFORE}(?:{form}){_AFTER}", said) is not None
