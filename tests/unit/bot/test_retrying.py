"""Is a message that was not delivered sent again, and when?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.message import DeliveryFailed
from bot.retrying import MAX_ATTEMPTS, Again, Never, decide


def after(seconds: float, *, slows: bool = False) -> Again:
    return Again(timedelta(seconds=seconds), slows)


@pytest.mark.parametrize(
    ("failure", "attempts", "then"),
    [
        (DeliveryFailed("timeout", uncertain=True), 1, Never(unknown=True)),
        (DeliveryFailed("rate_limited", uncertain=True, retry_after=7), 1, Never(unknown=True)),
        (DeliveryFailed("blocked", permanent=True), 1, Never()),
        (DeliveryFailed("landline", permanent=True), 1, Never()),
        (DeliveryFailed("rate_limited", retry_after=7), 1, after(7, slows=True)),
        (DeliveryFailed("rate_limited", retry_after=900), 3, after(900, slows=True)),
        (DeliveryFailed("rate_limited"), 2, after(4, slows=True)),
        (DeliveryFailed("unreachable"), 1, after(2)),
        (DeliveryFailed("unreachable"), 5, after(32)),
        (DeliveryFailed("unreachable"), 6, after(60)),
        (DeliveryFailed("unreachable"), 63, after(60)),
        (DeliveryFailed("rejected"), 1, after(2)),  # wrong credentials: the setting is mended
        (DeliveryFailed("unreachable"), MAX_ATTEMPTS, Never()),
    ],
)
def test_the_kind_of_failure_decides(
    failure: DeliveryFailed, attempts: int, then: Again | Never
) -> None:
    assert decide(failure, attempts) == then


def test_a_provider_that_is_away_is_tried_for_about_an_hour() -> None:
    """2 + 4 + 8 + 16 + 32 + 58 x 60 s"""
    waited = timedelta()
    for attempts in range(1, MAX_ATTEMPTS):
        then = decide(DeliveryFailed("unreachable"), attempts)
        assert isinstance(then, Again)
        waited += then.after
    assert waited == timedelta(seconds=62 + 58 * 60)
