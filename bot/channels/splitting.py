"""How is a text cut into pieces that a provider takes?"""

import re
from collections.abc import Callable

# Where to cut, best first: paragraph, line, sentence, word.
_BREAKS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])\s"),
    re.compile(r"\s"),
)


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """Pieces of at most `limit` by `measure`, none of them blank.

    Law: the pieces hold all characters of the text but the white space at the cuts, in order.
    A blank text has no pieces.
    """
    pieces = []
    rest = text.strip()
    while rest:
        head, rest = _cut(rest, limit, measure)
        pieces.append(head)
    return pieces


def utf16_units(text: str) -> int:
    """Telegram's measure: an emoji counts twice."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def _cut(text: str, limit: int, measure: Callable[[str], int]) -> tuple[str, str]:
    if measure(text) <= limit:
        return text, ""
    longest = _longest(text, limit, measure)
    for pattern in _BREAKS:
        # one character more: a break right after the last character that fits is the best one
        ends = [
            m.start() for m in pattern.finditer(text, 0, longest + 1) if m.start() > longest // 3
        ]
        if ends:
            return text[: ends[-1]].rstrip(), text[ends[-1] :].lstrip()
    return text[:longest], text[longest:].lstrip()


def _longest(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many leading characters fit; at least one, so that every cut moves on."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low
