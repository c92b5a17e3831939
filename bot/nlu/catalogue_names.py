"""Which plans and add-ons does a text name, however they are spelt? Pure, stdlib only.

The names come from the training data (data/nlu/plans.yml); nothing here knows a company's own.
"""

import re
from collections.abc import Iterable, Mapping

from bot.nlu.normaliser import fold
from bot.nlu.reading import Found, Reading, without_overlaps

_WORD = re.compile(r"\w+")
# How many slips are forgiven in a word of so many letters: "fbra" is "fibra", "tv" is only "tv".
_ONE_SLIP, _TWO_SLIPS = 4, 8


class CatalogueNames:
    """Names as people say them, each with the code of what it stands for."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = [(tuple(_WORD.findall(fold(name))), code) for name, code in names.items()]
        self._lengths = sorted({len(words) for words, _ in self._names}, reverse=True)

    def find(self, reading: Reading) -> list[Found]:
        """The codes of what is named, the longest name where several fit."""
        words = list(_WORD.finditer(reading.text))
        return without_overlaps(self._matches(reading, words))

    def _matches(self, reading: Reading, words: "list[re.Match[str]]") -> Iterable[Found]:
        for at in range(len(words)):
            for length in self._lengths:
                said = words[at : at + length]
                code = self._code([each.group() for each in said]) if len(said) == length else None
                if code is not None:
                    start = reading.places[said[0].start()][0]
                    yield Found(start, reading.places[said[-1].end() - 1][1], code)

    def _code(self, said: list[str]) -> str | None:
        """The code of the name with the fewest slips; None when two fit equally well."""
        fitting: dict[str, int] = {}
        for name, code in self._names:
            slips = _slips(said, name)
            if slips is not None:
                fitting[code] = min(slips, fitting.get(code, slips))
        best = [code for code, slips in fitting.items() if slips == min(fitting.values())]
        return best[0] if len(best) == 1 else None


def _slips(said: list[str], name: "tuple[str, ...]") -> int | None:
    """How many slips make one of the other; None when it is too many in any word."""
    if len(said) != len(name):
        return None
    total = 0
    for one, other in zip(said, name, strict=True):
        slips = 0 if one == other else _distance(one, other, _forgiven(other))
        if slips is None:
            return None
        total += slips
    return total


def _forgiven(word: str) -> int:
    """Figures are never guessed: 300 is not 500."""
    if not word.isalpha():
        return 0
    return (len(word) >= _ONE_SLIP) + (len(word) >= _TWO_SLIPS)


def _distance(one: str, other: str, most: int) -> int | None:
    """Letters left out, put in, mistaken or swapped with the next; None when more than `most`."""
    if abs(len(one) - len(other)) > most or not one.isalpha():
        return None
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1] if last[-1] <= most else None
