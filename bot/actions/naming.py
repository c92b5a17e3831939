"""Which of these things does the customer name, also with typos and in their own grammar? Pure.

A word that many names share ("abonament", "plan", "GB") says little; one that only a single name
has ("200", "Sport") says which one is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from bot.nlu.reading import read

Key = TypeVar("Key")

# "filmele" for "filme", "famile" for "familie"; shorter words must be right.
_ALIKE = 0.8
_MISTYPED = 0.9
_LONG_ENOUGH = 4
# So much of what sets a name apart must be there; less when one of few has just been asked for.
_ENOUGH = 0.45
ENOUGH_OF_A_CHOICE = 0.25
# Shorter ones ("am", "i", "de") are in many sentences and say nothing about a name.
_WORD = re.compile(r"\d+|[^\W\d_]{3,}")
# Nor do these, however few names they are in: "mai simplu" is no "mai ieftin".
_SAYS_NOTHING = frozenset({"mai", "din", "pentru", "sau", "more", "the", "for", "and"})
# "Wi-Fi" and "wifi" are one word.
_SHORT_PARTS = re.compile(r"\b([^\W\d_]{1,3})-([^\W\d_]{1,3})\b")


def named(text: str, names: Mapping[Key, Collection[str]], enough: float = _ENOUGH) -> list[Key]:
    """The things that the text names best, each by any of its `names`; several when it cannot be
    told which, none when it names nothing. Number words count as figures."""
    said = _words(text)
    shares = _how_many_have(names)
    scores = {
        key: max((_score(said, _words(name), shares) for name in each), default=0.0)
        for key, each in names.items()
    }
    best = max(scores.values(), default=0.0)
    return [key for key, score in scores.items() if score == best] if best >= enough else []


def the_only(
    text: str, names: Mapping[Key, Collection[str]], enough: float = _ENOUGH
) -> Key | None:
    """The one thing that the text names; None when it is none or could be several."""
    found = named(text, names, enough)
    return found[0] if len(found) == 1 else None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_SHORT_PARTS.sub(r"\1\2", read(text).text))) - _SAYS_NOTHING


def _how_many_have(names: Mapping[Key, Collection[str]]) -> Counter[str]:
    """In how many things' names each word is."""
    return Counter(
        word for each in names.values() for word in {w for name in each for w in _words(name)}
    )


def _score(said: set[str], name: set[str], shares: Counter[str]) -> float:
    """The share of what sets the name apart that was said, 0 to 1."""
    weights = {word: 1 / shares[word] ** 2 for word in name}
    whole = sum(weights.values())
    found = sum(weight * _said(word, said) for word, weight in weights.items())
    return round(found / whole, 6) if whole else 0.0


def _said(word: str, said: set[str]) -> float:
    """1 for the word itself, a little less for one that looks like it: "casa" is not "acasă"."""
    if word in said:
        return 1.0
    return _MISTYPED if any(_alike(word, other) for other in said) else 0.0


def _alike(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < _LONG_ENOUGH:
        return False
    return SequenceMatcher(None, word, other).ratio() >= _ALIKE
