"""Which row of the decision table fits a customer, and what keeps the other rows from fitting?

The table is GoRules JDM (retention.json): edit it at editor.gorules.io or in any text editor. Its
own engine decides; we only explain.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import zen

from billing_backend.discounts.facts import Outcome, RetentionFacts

# What is asked, when and by whom is given; conditions on it cannot be "nearly" met.
_GIVEN = frozenset({"reason", "offer_number", "authority_tier"})
_BOUND = re.compile(r"^(?:null\s*,\s*)?(>=|<=|==|>|<)?\s*(-?\d+)$")
_STEP = {">": 1, "<": -1}
_INTERVAL = re.compile(r"^\[\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*\]$")


@dataclass(frozen=True, slots=True)
class Failed:
    """One condition of one row that the facts don't meet.

    `nearest` is the nearest value that would; None when the condition is not a plain figure or
    interval, then `needed` (the expression) has to speak.
    """

    rule_id: str
    field: str
    actual: Any
    needed: str
    nearest: int | None


class BrokenTable(Exception):
    """The decision table cannot be used; the message says what to change in it."""


class DecisionTable:
    """A JDM document with one table, checked when it is loaded."""

    def __init__(self, text: str) -> None:
        document = json.loads(text)
        content = _only_table(document)
        self._inputs: list[tuple[str, str]] = [
            (column["id"], column["field"]) for column in content["inputs"]
        ]
        self._rows: list[dict[str, str]] = content["rules"]
        self._decision = zen.ZenEngine().create_decision(text)
        self._decision.validate()
        self._check()
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
        self.digest = hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def decide(self, facts: RetentionFacts) -> Outcome:
        """The first row that fits; the last row fits everybody and refuses."""
        answer = self._decision.evaluate(facts.model_dump())["result"]
        return Outcome.model_validate(answer)

    def failed(self, facts: RetentionFacts) -> list[list[Failed]]:
        """For each offer that could be given for this reason: what the facts don't meet.

        Rows with the fewest failures first; a row that fits has none and is left out.
        """
        values = facts.model_dump()
        rows = [
            [self._explain(row, field, values) for column, field in self._failing(row, values)]
            for row in self._rows[:-1]
            if not any(field in _GIVEN for _, field in self._failing(row, values))
        ]
        return sorted((row for row in rows if row), key=len)

    def _failing(self, row: dict[str, str], values: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (column, field)
            for column, field in self._inputs
            if row.get(column, "").strip() and not _meets(row[column], field, values)
        ]

    def _explain(self, row: dict[str, str], field: str, values: dict[str, Any]) -> Failed:
        expression = next(row[column] for column, name in self._inputs if name == field)
        return Failed(
            rule_id=row["_id"],
            field=field,
            actual=values[field],
            needed=expression,
            nearest=nearest(expression, values[field]),
        )

    def _check(self) -> None:
        unknown = {field for _, field in self._inputs} - set(RetentionFacts.model_fields)
        if unknown:
            raise BrokenTable(f"the table asks for unknown facts: {', '.join(sorted(unknown))}")
        ids = [row["_id"] for row in self._rows]
        if len(ids) != len(set(ids)):
            raise BrokenTable("two rows have the same _id")
        if any(self._rows[-1].get(column, "").strip() for column, _ in self._inputs):
            raise BrokenTable("the last row has conditions: it must refuse everybody who is left")


def nearest(expression: str, actual: Any) -> int | None:
    """The value nearest to `actual` that meets a plain bound or interval, else None."""
    if interval := _INTERVAL.match(expression.strip()):
        low, high = int(interval[1]), int(interval[2])
        return low if not isinstance(actual, int) or actual < low else high
    if bound := _BOUND.match(expression.strip()):
        return int(bound[2]) + _STEP.get(bound[1] or "==", 0)
    return None


@cache
def retention_table() -> DecisionTable:
    """The table that ships beside this file."""
    file = Path(__file__).with_name("retention.json")
    return DecisionTable(file.read_text(encoding="utf-8"))


def _meets(expression: str, field: str, values: dict[str, Any]) -> bool:
    try:
        return bool(zen.evaluate_unary_expression(expression, {**values, "$": values[field]}))
    except RuntimeError:
        # As in the engine's own table: comparing null with a number fails the condition.
        return False


def _only_table(document: dict[str, Any]) -> dict[str, Any]:
    tables = [node["content"] for node in document["nodes"] if node["type"] == "decisionTableNode"]
    if len(tables) != 1 or tables[0]["hitPolicy"] != "first":
        raise BrokenTable("the document needs one decision table with hit policy `first`")
    content: dict[str, Any] = tables[0]
    return content
