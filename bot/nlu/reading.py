"""How is a text read so that numbers in words and in digits are found alike? Pure, stdlib only.

"patruzeci și cinci de lei" is read as "45 de lei", "ten days" as "10 days", and every place in
what is read leads back to its place in the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.nlu.calendar_words import MONTHS, alternatives
from bot.nlu.normaliser import MAX_CHARACTERS, fold
from bot.nlu.number_words import CONNECTORS, ORDINALS, is_number_word, number_of


class Found(NamedTuple):
    """Something found in a text: text[start:end] means `value`.

    A value of None is a thing recognised and refused (31 February): it is reported to nobody,
    but nothing else may be made of its words.
    """

    start: int
    end: int
    value: Any


@dataclass(frozen=True)
class Reading:
    """A text folded, with its number words as digits."""

    text: str
    places: tuple[tuple[int, int], ...]  # for each character, the span in the text it stands for

    def found(self, match: "re.Match[str]", value: Any, group: int = 0) -> Found:
        """`value` at the place in the original text where `match` was read."""
        start, end = match.span(group)
        return Found(self.places[start][0], self.places[end - 1][1], value)


_TOKEN = re.compile(r"[^\W\d_]+|\s+|.", re.DOTALL)
# "The second charge", "mai întâi": the smallest ordinals are everyday words, and are days only
# after a word that points to one, or before a month.
_EVERYDAY_ORDINALS = frozenset({"intai", "first", "second", "third"})
_DAY_GOES_ON = frozenset({"of", *MONTHS})
_POINTS_TO_DAY = re.compile(
    r"\b(?:(?:on|by|until|till|before)(?: the)?|pe|de|"
    rf"{alternatives(MONTHS, doubtful=False)}) $"
)


def read(text: str) -> Reading:
    """The reading of the first MAX_CHARACTERS of `text`."""
    folded = fold(text[:MAX_CHARACTERS])
    tokens = _TOKEN.findall(folded)
    out: list[str] = []
    places: list[tuple[int, int]] = []
    at = index = 0
    while index < len(tokens):
        length, digits = _number_at(tokens, index, "".join(out[-4:]))
        piece = "".join(tokens[index : index + length])
        if digits is None:
            out.append(piece)
            places.extend((at + offset, at + offset + 1) for offset in range(len(piece)))
        else:
            out.append(digits)
            places.extend([(at, at + len(piece))] * len(digits))
        at += len(piece)
        index += length
    return Reading("".join(out), tuple(places))


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """What remains when, of things found in the same words, only the longest is kept."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept)


def _number_at(tokens: list[str], index: int, before: str) -> tuple[int, str | None]:
    """How many tokens from `index` are one number, and its digits; (1, None) if none."""
    ordinal = ORDINALS.get(tokens[index])
    if ordinal is not None:
        is_day = (
            tokens[index] not in _EVERYDAY_ORDINALS
            or _POINTS_TO_DAY.search(before)
            or "".join(tokens[index + 2 : index + 3]) in _DAY_GOES_ON
        )
        return 1, f"{ordinal}th" if is_day else None
    if not is_number_word(tokens[index]):
        return 1, None
    end = index + 1
    while end + 1 < len(tokens) and (tokens[end].isspace() or tokens[end] == "-"):
        following = end + 1
        if tokens[following] in CONNECTORS and following + 2 < len(tokens):
            following += 2
        if tokens[following] in ORDINALS and ORDINALS[tokens[following]] < 10:
            tens = number_of(tokens[index:end])
            if tens in (20, 30):  # twenty-first, thirty first
                return following + 1 - index, f"{tens + ORDINALS[tokens[following]]}th"
        if not is_number_word(tokens[following]):
            break
        if number_of(tokens[index : following + 1]) is None:
            break
        end = following + 1
    following_word = tokens[end + 1] if end + 1 < len(tokens) else ""
    value = number_of(tokens[index:end], before, following_word)
    return (end - index, str(value)) if value is not None else (1, None)
