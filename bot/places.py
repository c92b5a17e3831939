"""Which place on a list do words name: "the second one", "number two", "a doua", "trei"? Pure."""

from __future__ import annotations

import re

from bot.nlu.normaliser import fold

# The names of the first nine places: nobody is read more (bot/actions/choices.py).
_NAMES = (
    "1 one unu first 1st prima primul",
    "2 two doi doua second 2nd a_doua al_doilea",
    "3 three trei third 3rd a_treia al_treilea",
    "4 four patru fourth 4th a_patra al_patrulea",
    "5 five cinci fifth 5th a_cincea al_cincilea",
    "6 six sase sixth 6th a_sasea al_saselea",
    "7 seven sapte seventh 7th a_saptea al_saptelea",
    "8 eight opt eighth 8th a_opta al_optulea",
    "9 nine noua ninth 9th a_noua al_noualea",
)
_PLACES = {
    name.replace("_", " "): place for place, names in enumerate(_NAMES, 1) for name in names.split()
}
_ALTERNATIVES = "|".join(sorted(map(re.escape, _PLACES), key=len, reverse=True))
# Nothing else may be said: "the second bill is wrong" chooses nothing.
_NAMED = re.compile(
    r"\W*(?:(?:no|nu|yes|da|ok|okay|um+|uh+|hm+|wait|well|pai|i want|i would like|id like|ill take|"
    r"i choose|take|give me|vreau|as vrea|aleg|iau|pe)\b\W*)*"
    r"(?:the |cea de |cel de |number |option |choice |numarul |nr\.? |varianta |optiunea )?"
    rf"(?P<name>{_ALTERNATIVES})"
    r"(?: (?:one|option|choice|plan|varianta|optiune))?"
    r"(?:\W+(?:please|thanks|thank you|va rog|te rog|multumesc))?\W*"
)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


def place_in(text: str) -> int | None:
    """The place, counted from 1; None when the text says anything else beside it."""
    named = _NAMED.fullmatch(_APOSTROPHE.sub("", fold(text)))
    return _PLACES[named["name"]] if named else None
