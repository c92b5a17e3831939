"""Which word was meant by one that nobody has learned? Pure, stdlib only.

"factrua" is "factura". Letters inside words forgive some of a slip, but the idea of the word is
lost with it: one slip in a message cost 16 points of accuracy, with this it costs four.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

_SHORTEST = 4  # letters; shorter words are too near to each other
_OFTEN = 3  # a word seen less often is not what a slip is taken for


class Spelling:
    """The words of the training data, and a way back to them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._seen = Counter(word for text in texts for word in text.split())
        self._near: dict[str, list[str]] = defaultdict(list)
        for word, times in self._seen.items():
            if times >= _OFTEN and len(word) >= _SHORTEST:
                for shorter in _without_a_letter(word):
                    self._near[shorter].append(word)
        self._near.default_factory = None
        self._corrected = lru_cache(maxsize=20_000)(self._correct)

    def corrected(self, text: str) -> str:
        """The normalised text with each unknown word as the known one that is a slip away."""
        return " ".join(map(self._corrected, text.split()))

    def _correct(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._seen or not word.isalpha():
            return word
        near = {each for shorter in _without_a_letter(word) for each in self._near.get(shorter, ())}
        meant = [each for each in near if distance(word, each, 1) is not None]
        # People rarely miss the first letter; then what is said most often.
        return max(
            meant, key=lambda each: (each[0] == word[0], self._seen[each], each), default=word
        )

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "_corrected"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._corrected = lru_cache(maxsize=20_000)(self._correct)


def distance(one: str, other: str, most: int) -> int | None:
    """Letters left out, put in, mistaken or swapped with the next that make one of the other;
    None when more than `most`."""
    if one == other:
        return 0
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


def _without_a_letter(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: two that share one are near."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
