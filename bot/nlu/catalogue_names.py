"""Which plans and add-ons does a text name, however they are spelt? Pure, stdlib only.

The names come from the training data (data/nlu/plans.yml); nothing here knows a company's own.
"""

import re
from collections.abc import Iterable, Mapping

from bot.nlu.normaliser import fold
from bot.nlu.reading import Found, Reading, without_overlaps
from bot.nlu.spelling import distance

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
        slips = distance(one, other, _forgiven(other))
        if slips is None:
            return None
        total += slips
    return total


def _forgiven(word: str) -> int:
    """Figures are never guessed: 300 is not 500."""
    if not word.isalpha():
        return 0
    return (len(word) >= _ONE_SLIP) + (len(word) >= _TWO_SLIPS)
