"""How is a file of training examples written, and what is taught already?

Rasa's YAML. Imports nothing that Rasa's environment lacks: its own reader examines the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu.normaliser import normalise

# Brackets would mark an entity, a slash a command; a dash begins an example.
_NOT_IN_EXAMPLES = str.maketrans("", "", "[]")
_NOT_IN_FRONT = "-–—•*/\u2215 "


@dataclass(frozen=True, order=True)
class Example:
    intent: str
    language: str
    text: str


@dataclass
class Sorted:
    """What of decided messages is new, what is taught already, and what would teach the opposite
    of something else."""

    new: list[Example] = field(default_factory=list)
    known: list[Example] = field(default_factory=list)
    contradicting: list[Example] = field(default_factory=list)


def sorted_out(examples: Sequence[Example], taught: Mapping[str, set[str]]) -> Sorted:
    """Each example under one heading. `taught`: intents by text, as from `taught_in`.

    Texts that the model reads alike count as one; one text stands under one intent only.
    """
    meant: dict[str, set[str]] = {}
    for each in examples:
        meant.setdefault(_key(each.text), set()).add(each.intent)
    result = Sorted()
    written: set[str] = set()
    for each in examples:
        key = _key(each.text)
        if len(meant[key]) > 1 or taught.get(key, {each.intent}) != {each.intent}:
            result.contradicting.append(each)
        elif key in taught or key in written or not plain(each.text):
            result.known.append(each)
        else:
            written.add(key)
            result.new.append(each)
    return result


def in_yaml(examples: Iterable[Example], origin: Sequence[str]) -> str:
    """The file: a comment that says where it is from, and a block for each intent and language."""
    lines = [*(f"# {line}" for line in origin), 'version: "3.1"', "", "nlu:"]
    in_order = sorted(examples)
    for (intent, language), block in groupby(in_order, lambda each: (each.intent, each.language)):
        lines += [f"- intent: {intent}", f"  metadata: {{language: {language}}}", "  examples: |"]
        lines += [f"    - {plain(each.text)}" for each in block]
        lines.append("")
    return "\n".join(lines)


def plain(text: str) -> str:
    """The text as Rasa reads nothing but words in it; empty when nothing is left."""
    visible = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return " ".join(visible.translate(_NOT_IN_EXAMPLES).split()).lstrip(_NOT_IN_FRONT)


def taught_in(folder: Path) -> dict[str, set[str]]:
    """The intents of every text in the folder's training data, the text as the model reads it."""
    found: dict[str, set[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        for block in YAML(typ="safe").load(file).get("nlu") or []:
            for line in (block.get("examples") or "").splitlines() if "intent" in block else ():
                found.setdefault(_key(line.removeprefix("-")), set()).add(block["intent"])
    return found


def _key(text: str) -> str:
    return normalise(plain(text)) or plain(text)
