"""Which action answers an intent? As data/rules say, which Rasa reads too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

_RULES = Path(__file__).resolve().parents[2] / "data" / "rules"


@cache
def answers() -> Mapping[str, str]:
    """The action or response of each intent."""
    found: dict[str, str] = {}
    for file in sorted(_RULES.glob("*.yml")):
        for rule in YAML(typ="safe").load(file)["rules"]:
            steps = rule["steps"]
            if "intent" in steps[0]:
                found[steps[0]["intent"]] = steps[1]["action"]
    return found
