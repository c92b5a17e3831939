"""Who of the demo company is still as it was founded?

Founding it anew takes longer than a conversation. So each person is used once between two
foundings, and conversations are put in rounds in which nobody comes twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.conversations.format import Conversation, Language, read
from tests.journeys.people import Product


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation in one language."""

    group: str
    script: Conversation
    language: Language

    @property
    def id(self) -> str:
        return f"{self.group}/{self.script.conversation}/{self.language}"


def cases(folder: Path) -> list[Case]:
    """All that the folder's files hold, in the order in which they need the fewest foundings."""
    found = [
        Case(file.parent.name, script, language)
        for file in sorted(folder.glob("*/*.yml"))
        for script in read(file)
        for language in script.languages
    ]
    return _in_rounds(found)


def _in_rounds(found: Iterable[Case]) -> list[Case]:
    used: Counter[str] = Counter()
    placed: list[tuple[int, bool, Case]] = []
    for case in found:
        turn = max(used[one] for one in case.script.people)
        used.update({one: turn + 1 - used[one] for one in case.script.people})
        # Who moves the clock comes last in a round: nobody else can use the company after that.
        placed.append((turn, case.script.moves_the_clock, case))
    return [case for _, _, case in sorted(placed, key=lambda each: each[:2])]


@dataclass
class World:
    """The running product, and whom of its demo company conversations have used so far."""

    product: Product
    _used: set[str] = field(default_factory=set)
    _founded: int = -1  # the product's count of resets when we last made one
    _moved: bool = False

    def ready_for(self, script: Conversation) -> None:
        """Found the company anew, unless everybody in the conversation is untouched."""
        somebody_elses = self.product.resets != self._founded
        if somebody_elses or self._moved or self._used & script.people:
            self.product.reset()
            self._used, self._founded = set(), self.product.resets
        self._used |= script.people
        self._moved = script.moves_the_clock
