"""Is the dunning table read as it is written, and a wrong one refused?"""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from billing_backend.dunning.table import Action, WrongTable, read, tables
from billing_backend.money import Money
from billing_backend.policy import Policy

ONE: dict[str, Any] = {
    "valid_from": "2026-01-01",
    "currency": "RON",
    "minimum_minor": 1000,
    "late_fee_minor": 1000,
    "reconnection_fee_minor": 1500,
    "steps": [
        {"after_days": 3, "do": "reminder_1"},
        {"after_days": 4, "do": "late_fee"},
        {"after_days": 20, "do": "suspension_notice"},
        {"after_days": 30, "do": "suspension"},
    ],
}


def test_the_companys_own_table_holds_together() -> None:
    table = tables()[-1]

    assert [step.do for step in table.steps] == list(Action)
    assert table.announced_days == 10
    assert table.late_fee_on_day == 4


def test_the_table_that_counts_is_that_of_the_due_date() -> None:
    later = {**ONE, "valid_from": "2027-01-01", "late_fee_minor": None}
    policy = Policy(dunning=read([later, ONE]))

    assert policy.dunning_on(date(2026, 12, 31)).late_fee == Money(1000)
    assert policy.dunning_on(date(2027, 1, 1)).late_fee is None
    assert policy.dunning_on(date(2027, 1, 1)).late_fee_on_day is None


def steps(*pairs: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"after_days": days, "do": action} for days, action in pairs]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": steps((3, "reminder_1"), (3, "late_fee"))}, "a day after"),
        ({"steps": steps((0, "reminder_1"))}, "a day after"),
        ({"steps": steps((1, "reminder_1"), (2, "reminder_1"))}, "once"),
        ({"steps": steps((9, "suspension"))}, "announced"),
        ({"steps": steps((9, "suspension"), (10, "suspension_notice"))}, "announced"),
        ({"steps": steps((9, "sue"))}, "sue"),
        ({"minimum_minor": 0}, "minimum"),
        ({"valid_from": "yesterday"}, "yesterday"),
        ({"currency": None, "minimum_minor": None}, "TypeError"),
    ],
)
def test_a_wrong_table_is_refused_with_what_is_wrong(change: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongTable, match=says):
        read([{**deepcopy(ONE), **change}])


def test_two_tables_of_one_day_are_refused_and_so_is_none() -> None:
    with pytest.raises(WrongTable, match="same day"):
        read([ONE, ONE])
    with pytest.raises(WrongTable, match="no table"):
        read([])
