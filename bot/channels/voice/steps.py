"""Where in a call does a request belong, and what was it answered before?

A call is a chain of documents; each says at which address Twilio asks for the next one. The
address carries the place in the chain, so that a request that comes twice is known again:
`step` counts what the caller did, `part` counts the documents between two things that the caller
did (waiting for slow words, an agent's words), and in a queue, whose rounds are counted apart,
`queue` says at which part the caller entered it and `key` counts the keys pressed there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

_KEPT = 4  # answers; a repeated request is never older than the last few
_NUMBERS = ("step", "part", "queue", "key", "tries")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the chain. `tries`: how often slow words were asked for in vain. `now`: ask
    for words that are there, don't wait for any."""

    step: int = 0
    part: int = 0
    queue: int = 0
    key: int = 0
    tries: int = 0
    now: bool = False

    @property
    def message(self) -> str:
        """The part of a provider message id that names what the caller did here."""
        return f"{self.step}.{self.queue}.{self.key}" if self.key else str(self.step)

    @property
    def name(self) -> str:
        """Names the document that is asked for here, among those of its step."""
        return f"{self.queue}.{self.key}.{self.part}"

    def next_step(self) -> "Place":
        return Place(self.step + 1)

    def next_part(self, *, tries: int = 0, now: bool = False) -> "Place":
        return replace(self, part=self.part + 1, tries=tries, now=now)

    def into_queue(self) -> "Place":
        return Place(self.step, queue=self.part + 1)

    def next_key(self) -> "Place":
        return replace(self, part=0, key=self.key + 1)

    def query(self) -> str:
        """As the query of an address; what is 0 is left out."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        shown = {name: number for name, number in numbers.items() if number or name == "step"}
        return urlencode(shown | ({"now": 1} if self.now else {}))


def place_of(query: Mapping[str, str]) -> Place:
    """The place that an address names; nonsense counts as 0."""
    numbers = {name: _number(query.get(name, "")) for name in _NUMBERS}
    return Place(**numbers, now=query.get("now") == "1")


@dataclass(frozen=True, slots=True)
class Memory:
    """What a step was answered with, kept at the door as one text; and a number to dial that
    was handed out while the caller still had to leave the queue."""

    answers: Mapping[str, str] = field(default_factory=dict)
    connect: str | None = None

    @staticmethod
    def read(kept: str | None) -> "Memory":
        if kept is None:
            return Memory()
        content = json.loads(kept)
        return Memory(content["answers"], content["connect"])

    def with_answer(self, key: str, document: str, connect: str | None) -> "Memory":
        last = list(self.answers.items())[1 - _KEPT :]
        return Memory({**dict(last), key: document}, connect)

    def write(self) -> str:
        return json.dumps({"answers": dict(self.answers), "connect": self.connect})


def _number(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdigit() else 0
