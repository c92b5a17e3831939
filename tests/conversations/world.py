"""Who of the demo company is still as it was founded?

Founding it anew takes longer than a conversation. So conversations are put in rounds between
two foundings, in which nobody's account is changed twice and no chat is used twice.
"""

from __future__ import annotations

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
    """Each in the first round that has room; within one, who leaves traces comes late."""
    rounds: list[tuple[Untouched, list[Case]]] = []
    for case in found:
        room = next((each for each in rounds if each[0].has_room_for(case.script)), None)
        if room is None:
            room = (Untouched(), [])
            rounds.append(room)
        room[0].take(case.script)
        room[1].append(case)
    return [case for _, held in rounds for case in sorted(held, key=_disturbance)]


def _disturbance(case: Case) -> tuple[bool, bool]:
    return case.script.moves_the_clock, case.script.leaves_traces


@dataclass
class Untouched:
    """Which people and chats of a freshly founded company a round of conversations has left.

    A call is a conversation of its own; a chat goes on with what was said in it.
    """

    _chats: set[tuple[str, str]] = field(default_factory=set)
    _met: set[str] = field(default_factory=set)
    _alone: set[str] = field(default_factory=set)
    _traced: set[str] = field(default_factory=set)
    _moved: bool = False

    def has_room_for(self, script: Conversation) -> bool:
        """Whether it may be in the round: who leaves traces does so once, after all others."""
        if script.moves_the_clock and self._moved:
            return False
        if script.leaves_traces and self._traced & script.people:
            return False
        if self._alone & script.people or (script.counts and self._met & script.people):
            return False
        return (script.who, script.on) not in self._chats

    def fresh_for(self, script: Conversation) -> bool:
        """Whether it may be held now, after those that were."""
        return not self._moved and not self._traced & script.people and self.has_room_for(script)

    def take(self, script: Conversation) -> None:
        if script.on != "phone":
            self._chats.add((script.who, script.on))
        self._met |= script.people
        if script.counts:
            self._alone |= script.people
        if script.leaves_traces:
            self._traced |= script.people
        self._moved = self._moved or script.moves_the_clock


@dataclass
class World:
    """The running product, and what conversations have left of its demo company."""

    product: Product
    _untouched: Untouched = field(default_factory=Untouched)
    _founded: int = -1  # the product's count of resets when we last made one

    def ready_for(self, script: Conversation) -> None:
        """Found the company anew, unless everybody in the conversation is untouched."""
        of_others = self.product.resets != self._founded
        if of_others or not self._untouched.fresh_for(script):
            self.product.reset()
            self._untouched, self._founded = Untouched(), self.product.resets
        self._untouched.take(script)
