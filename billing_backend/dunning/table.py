"""What does the business do about a late invoice, and how many days after its due date?

One dated table, `policy.json`: which one counts goes by the day on which the invoice fell due, so
that a new table changes nothing for debts that are there already. A wrong table stops the product
at its start.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from billing_backend.money import Money


class Action(StrEnum):
    REMINDER_1 = "reminder_1"
    LATE_FEE = "late_fee"
    REMINDER_2 = "reminder_2"
    SUSPENSION_NOTICE = "suspension_notice"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True)
class Step:
    """`after_days` are days after the due date: 4 is the fourth day of being late."""

    after_days: int
    do: Action


@dataclass(frozen=True, slots=True)
class DunningTable:
    """Steps in order. Debts below `minimum` are left alone; no fee is None."""

    valid_from: date
    minimum: Money
    late_fee: Money | None
    reconnection_fee: Money | None
    steps: tuple[Step, ...]

    @property
    def announced_days(self) -> int:
        """The days between the notice of a suspension and the suspension."""
        by_action = {step.do: step.after_days for step in self.steps}
        if Action.SUSPENSION not in by_action:
            return 0
        return by_action[Action.SUSPENSION] - by_action[Action.SUSPENSION_NOTICE]

    @property
    def late_fee_on_day(self) -> int | None:
        """The day after the due date on which the late fee falls due; None: there is none."""
        if self.late_fee is None:
            return None
        return next((step.after_days for step in self.steps if step.do is Action.LATE_FEE), None)


class WrongTable(ValueError):
    """The dunning table does not hold together: mend policy.json as the message says."""


@cache
def tables() -> tuple[DunningTable, ...]:
    """The company's tables, the newest first."""
    text = Path(__file__).with_name("policy.json").read_text(encoding="utf-8")
    return read(json.loads(text))


def read(listed: list[dict[str, Any]]) -> tuple[DunningTable, ...]:
    """Tables from their JSON values, newest first. Raises WrongTable."""
    found = sorted((_table(each) for each in listed), key=lambda table: table.valid_from)
    if not found:
        raise WrongTable("there is no table")
    if any(later.valid_from == earlier.valid_from for earlier, later in pairwise(found)):
        raise WrongTable("two tables begin on the same day")
    return tuple(reversed(found))


def _table(listed: dict[str, Any]) -> DunningTable:
    try:
        currency = str(listed["currency"])
        table = DunningTable(
            valid_from=date.fromisoformat(listed["valid_from"]),
            minimum=Money(int(listed["minimum_minor"]), currency),
            late_fee=_fee(listed["late_fee_minor"], currency),
            reconnection_fee=_fee(listed["reconnection_fee_minor"], currency),
            steps=tuple(
                Step(int(step["after_days"]), Action(step["do"])) for step in listed["steps"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WrongTable(f"{type(error).__name__}: {error}") from error
    _check(table)
    return table


def _fee(minor: int | None, currency: str) -> Money | None:
    return Money(int(minor), currency) if minor else None


def _check(table: DunningTable) -> None:
    days = [step.after_days for step in table.steps]
    actions = [step.do for step in table.steps]
    if any(later <= earlier for earlier, later in pairwise([0, *days])):
        raise WrongTable("each step comes at least a day after the one before")
    if len(set(actions)) != len(actions):
        raise WrongTable("each step comes once")
    if table.minimum.minor < 1:
        raise WrongTable("the minimum is at least one minor unit: nothing is owed below it")
    if Action.SUSPENSION in actions:
        before = actions[: actions.index(Action.SUSPENSION)]
        if Action.SUSPENSION_NOTICE not in before:
            raise WrongTable("a suspension is announced before it happens")
