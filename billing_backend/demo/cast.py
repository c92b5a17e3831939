"""Who plays in the demo and in the tests, and how are they reached?

Invented people: names, numbers and PINs belong to nobody. The PINs are in clear here because
this is the only place where a newcomer can learn them; the database has their hashes.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from billing_backend.customers.rules import customer_number

ORDINARY_LISTED = 10
_FIRST_SERIAL = 1_204_001


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone and a Telegram account; a stranger has no customer number."""

    key: str
    name: str
    first_name: str
    language: str
    phone: str
    telegram_id: int
    customer_number: str | None
    pin: str | None


@dataclass(frozen=True, slots=True)
class Cast:
    """`main` are those that everybody knows; `ordinary` are ten of the other customers."""

    main: tuple[Person, ...]
    ordinary: tuple[Person, ...]

    def __getattr__(self, key: str) -> Person:
        for person in self.main:
            if person.key == key:
                return person
        raise AttributeError(key)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the simulator's API."""
        return {
            "cast": [asdict(person) for person in self.main],
            "ordinary": [asdict(person) for person in self.ordinary],
        }


@cache
def cast() -> Cast:
    """Always the same people, whenever the demo company was founded."""
    main = tuple(
        _person(index, key, name, "ro", customer=key != "mihai")
        for index, (key, name) in enumerate(_MAIN)
    )
    return Cast(main=main, ordinary=tuple(ordinary_person(n) for n in range(ORDINARY_LISTED)))


def ordinary_person(index: int) -> Person:
    """The nth ordinary customer; every third speaks English with us."""
    names = _names()
    # 40 and 30 names repeat together after 120 customers; the step makes the next round differ.
    first = names["first"][(index * 7 + index // 120) % len(names["first"])]
    last = names["last"][index * 11 % len(names["last"])]
    language = "en" if index % 3 == 1 else "ro"
    return _person(index + 100, f"customer{index + 1}", f"{first} {last}", language, customer=True)


_MAIN = (
    ("ana", "Ana Dumitrescu"),
    ("bogdan", "Bogdan Petrescu"),
    ("carmen", "Carmen Iliescu"),
    ("dan", "Dan Marinescu"),
    ("elena", "Elena Georgescu"),
    ("mihai", "Mihai Stănescu"),
)


def _person(index: int, key: str, name: str, language: str, *, customer: bool) -> Person:
    return Person(
        key=key,
        name=name,
        first_name=name.split()[0],
        language=language,
        phone=f"+40700{200_001 + index:06d}",
        telegram_id=700_000_001 + index,
        customer_number=customer_number(_FIRST_SERIAL + index * 37) if customer else None,
        pin=f"{(2749 + index * 1361) % 10_000:04d}" if customer else None,
    )


@cache
def _names() -> dict[str, list[str]]:
    text = Path(__file__).with_name("names.json").read_text(encoding="utf-8")
    names: dict[str, list[str]] = json.loads(text)
    return names
