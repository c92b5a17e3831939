"""Who holds the devices?

The cast comes from the demo company; a device whose number is not in it belongs to a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cast = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    phone: str | None = None
    telegram_id: int | None = None


class People:
    """Looks people up in the cast: every list in it holds people with `name`, `phone` and
    `telegram_id`."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def with_telegram_id(self, user_id: int) -> Person | None:
        return next((one for one in self._all() if one.telegram_id == user_id), None)

    def with_phone(self, phone: str) -> Person | None:
        return next((one for one in self._all() if one.phone == phone), None)

    def _all(self) -> Iterator[Person]:
        for group in self._cast().values():
            if isinstance(group, list | tuple):
                yield from (_person(one) for one in group)


def _person(one: Mapping[str, Any]) -> Person:
    first, _, last = str(one.get("name") or "").partition(" ")
    telegram_id = one.get("telegram_id")
    return Person(first, last, one.get("phone"), int(telegram_id) if telegram_id else None)
