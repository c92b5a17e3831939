"""Do locks, code limits and proofs follow the business rules?"""

from datetime import UTC, datetime, timedelta

import pytest

from billing_backend.contract import Level
from billing_backend.identity.rules import (
    Tries,
    judge_tries,
    next_code_at,
    plain_number,
    proof_state,
)
from billing_backend.policy import Policy

POLICY = Policy()
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def minutes(*values: float) -> list[datetime]:
    return [START + timedelta(minutes=value) for value in values]


@pytest.mark.parametrize(
    ("failed", "now", "locked_until", "left"),
    [
        ([], 0, None, 3),
        ([0], 0, None, 2),
        ([0, 1], 1, None, 1),
        ([0, 1, 2], 2, 2 + 15, 3),
        ([0, 1, 2], 16.9, 17, 3),
        ([0, 1, 2], 17, None, 3),  # the lock ends at its minute
        ([0, 1, 2, 18], 18, None, 2),  # tries after the short lock count on
        ([0, 1, 2, 18, 19], 19, None, 1),
        ([0, 1, 2, 18, 19, 20], 20, 20 + 1440, 1),
        ([0, 1, 2, 18, 19, 20], 1459, 1460, 1),  # the first try is a day old, the lock holds
        ([0, 1, 2, 18, 19, 20], 1460, None, 3),  # after the day's lock: a new count
        ([0, 1, 2, 18, 19, 20, 1461], 1461, None, 2),
        ([0, 1], 1 + 1440, None, 3),  # a quiet day starts anew
        ([0, 1, 1441], 1441, None, 2),
        ([0, 1400, 2800], 2800, 2815, 3),  # slow guessing is guessing
    ],
)
def test_wrong_tries_lock(
    failed: list[float], now: float, locked_until: float | None, left: int
) -> None:
    expected = None if locked_until is None else minutes(locked_until)[0]

    assert judge_tries(minutes(*failed), minutes(now)[0], POLICY) == Tries(expected, left)


@pytest.mark.parametrize(
    ("issued", "now", "next_at"),
    [
        ([], 0, None),
        ([0, 1], 2, None),
        ([0, 1, 2], 3, 15),
        ([0, 1, 2], 15, None),
        ([0, 1, 2, 15], 15, 16),
    ],
)
def test_so_many_codes_are_sent_in_a_quarter_of_an_hour(
    issued: list[float], now: float, next_at: float | None
) -> None:
    expected = None if next_at is None else minutes(next_at)[0]

    assert next_code_at(minutes(*issued), minutes(now)[0], POLICY) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), (Level.VERIFIED, True)),
        (timedelta(minutes=14, seconds=59), (Level.VERIFIED, True)),
        (timedelta(minutes=15), (Level.VERIFIED, False)),
        (timedelta(hours=11, minutes=59), (Level.VERIFIED, False)),
        (timedelta(hours=12), (Level.RECOGNISED, False)),
    ],
)
def test_a_proof_wears_off(age: timedelta, expected: tuple[Level, bool]) -> None:
    assert proof_state(START, START + age, POLICY) == expected


def test_without_a_proof_a_known_customer_is_only_recognised() -> None:
    assert proof_state(None, START, POLICY) == (Level.RECOGNISED, False)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1234 5678", "12345678"), ("nr. 1234-5678.", "12345678"), ("Ana", ""), ("9" * 99, "9" * 32)],
)
def test_a_customer_number_is_kept_as_digits(said: str, kept: str) -> None:
    assert plain_number(said) == kept
