"""In which words does the desk speak to its agents? The texts are in texts.yml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("en", "ro")
_FILE = Path(__file__).with_name("texts.yml")


@functools.cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text by dotted name and language: {"problem.taken": {"en": ..., "ro": ...}}."""
    return dict(_flat("", YAML(typ="safe").load(_FILE)))


def text(name: str, in_language: str, /, **values: object) -> str:
    """One text with its {values} filled in. Raises KeyError for an unknown name."""
    return catalogue()[name][in_language].format(**values)


def label(family: str, kind: str, language: str) -> str:
    """The text for one of a family's kinds; the bare kind where billing has a newer one."""
    name = f"{family}.{kind}"
    return text(name, language) if name in catalogue() else kind.replace("_", " ")


def family(name: str, language: str) -> dict[str, str]:
    """All texts of a family, for the page's script."""
    prefix = f"{name}."
    return {
        key.removeprefix(prefix): words[language]
        for key, words in catalogue().items()
        if key.startswith(prefix)
    }


def preferred(accept_language: str | None) -> str:
    """The desk's language for somebody who has not chosen one."""
    asked = (accept_language or "").strip().lower()
    return "ro" if asked.startswith("ro") else "en"


def _flat(prefix: str, node: Any) -> list[tuple[str, dict[str, str]]]:
    if all(isinstance(child, str) for child in node.values()):
        return [(prefix, dict(node))]
    return [
        leaf
        for key, child in node.items()
        for leaf in _flat(f"{prefix}.{key}" if prefix else str(key), child)
    ]
