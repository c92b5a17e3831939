"""Can every response be said in both languages on every channel? Part of `make check`.

Also: is every response that code names there, and does somebody say every one that is?
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu import choosing
from bot.texts import Texts

ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"\butter_[a-z0-9_]+")
_QUOTED = re.compile(r"[\"'](utter_[a-z0-9_]+)")


def problems() -> Iterator[str]:
    """One sentence each."""
    responses = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest").responses
    yield from choosing.check(responses)
    named = _named()
    # Names may be put together ("utter_cause_" + kind): a beginning names all that begin so.
    beginnings = {name for name in named if name.endswith("_")}
    for name in sorted(named - beginnings - responses.keys()):
        yield f"{name} is named in code and stands in no file of data/responses"
    # "..._simply" is said in place of the one without (bot/actions/repeat.py).
    named |= {f"{name}_simply" for name in named}
    for name in sorted(responses.keys() - named):
        if not any(name.startswith(beginning) for beginning in beginnings):
            yield f"{name} is never said"


def _named() -> set[str]:
    folders = ("bot", "handoff", "limpede", "billing_backend")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    # What Rasa loads names only what Rasa's own actions would say and we do not.
    files = [file for file in files if not file.is_relative_to(ROOT / "bot" / "nlu")]
    found = {name for file in files for name in _QUOTED.findall(file.read_text())}
    for file in (ROOT / "data").rglob("*.yml"):
        if file.parent.name in ("rules", "stories"):
            found |= set(_NAME.findall(file.read_text()))
    domain = YAML(typ="safe").load(ROOT / "domain.yml")
    return found | set(_NAME.findall(str({**domain, "responses": None})))


def main() -> int:
    found = list(problems())
    for problem in found:
        print(problem)  # noqa: T201
    if not found:
        print("every response can be said, in both languages on every channel")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
