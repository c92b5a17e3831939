"""Which words should speech recognition be ready for, at each question of a call?

They are ours: yes and no, months, the everyday words of data/phone/hints.yml, and what customers
call the plans (data/nlu/plans.yml). Recognition prefers them to words that sound alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.dates import get_month_names
from ruamel.yaml import YAML

# Twilio's limits: https://www.twilio.com/docs/voice/twiml/gather#hints
MOST_PHRASES = 500
LONGEST_PHRASE = 100

_DATES = frozenset({"extension_date"})
# Questions at which anything may be asked for, and so be said.
_OPEN = frozenset({None, "choice", "dispute_line", "dispute_reason", "leaving_reason"})
_MONTHS = {"ro": "ro_RO", "en": "en_GB"}


class Vocabulary:
    """Hints by what the bot waits for and by language."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the data of the Rasa project."""
        reader = YAML(typ="safe")
        words: Mapping[str, Mapping[str, list[str]]] = reader.load(folder / "phone" / "hints.yml")
        self._words = words
        plans = reader.load(folder / "nlu" / "plans.yml")["nlu"]
        self._names = [name for plan in plans for name in _examples(plan["examples"])]

    def hints(self, expects: str | None, language: str, titles: Iterable[str] = ()) -> str:
        """What Gather takes: phrases between commas. `titles` are of the choices shown now."""
        phrases = [*titles, *self._of(expects, language), *self._of("always", language)]
        if expects in _DATES:
            phrases += get_month_names("wide", locale=_MONTHS[language]).values()
        if expects in _OPEN:
            phrases += [*self._of("everyday", language), *self._names]
        return joined(phrases)

    def _of(self, kind: str | None, language: str) -> list[str]:
        return self._words.get(kind or "", {}).get(language, [])


def joined(phrases: Iterable[str]) -> str:
    """As many of the phrases, in their order and each once, as Twilio takes."""
    plain = (" ".join(phrase.replace(",", " ").split()) for phrase in phrases)
    fitting = dict.fromkeys(phrase for phrase in plain if 0 < len(phrase) <= LONGEST_PHRASE)
    return ", ".join(list(fitting)[:MOST_PHRASES])


def _examples(listed: str) -> Iterator[str]:
    for line in listed.splitlines():
        yield line.removeprefix("- ").strip()
