"""Who is answered first, how long will it take, and is anybody on duty? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from handoff.queue.hours import WORKING_HOURS, Hours
from handoff.queue.models import Reason

URGENT, ORDINARY = 0, 1
CALLBACK_ABOVE = timedelta(minutes=3)
ACKNOWLEDGE_EVERY = timedelta(minutes=1)
ANNOUNCE_EVERY = timedelta(seconds=30)

# An agent who is free still needs a moment to read the case.
_PICKING_UP = timedelta(seconds=30)
# One measured conversation counts as much as any other; the expectation counts as this many.
_EXPECTATION_WEIGHT = 10
_SHORTEST, _LONGEST = timedelta(seconds=30), timedelta(minutes=30)


class Band(StrEnum):
    """A wait in minutes, as people are told it: a promise of seconds would be false."""

    UNDER_1 = "under_1"
    FROM_1_TO_3 = "1_to_3"
    FROM_3_TO_10 = "3_to_10"
    OVER_10 = "over_10"


@dataclass(frozen=True, slots=True)
class Policy:
    """When people are on duty, and how long a case takes before anything was measured."""

    hours: Hours = WORKING_HOURS
    zone: str = "Europe/Bucharest"
    closed_on: frozenset[date] = frozenset()
    expected_handling: timedelta = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class Staff:
    """Agents at the desk who take cases, and how many of them are with a customer."""

    available: int
    busy: int

    @property
    def free(self) -> int:
        return max(self.available - self.busy, 0)


def priority(reason: Reason) -> int:
    """Distress and legal threats go first (business rules, section 7); the rest by arrival."""
    return URGENT if reason in (Reason.DISTRESS, Reason.LEGAL_THREAT) else ORDINARY


def expected_wait(place: int, staff: Staff, handling: timedelta) -> timedelta:
    """How long place `place` (1 is next) waits: those ahead are answered in turn.

    The first of the line meet the free agents at once. Each place behind them waits for one
    more conversation to end, and `available` agents end one every handling / available.
    Nobody at the desk counts as one agent who is about to come.
    """
    if place <= staff.free:
        return _PICKING_UP
    return _PICKING_UP + handling * (place - staff.free) / max(staff.available, 1)


def average_handling(measured: Sequence[timedelta], expected: timedelta) -> timedelta:
    """The mean length of conversations, steadied by the expectation while few are measured.

    Outliers are cut to between 30 seconds and 30 minutes: a case left open over lunch says
    nothing about the next one.
    """
    cut = [min(max(length, _SHORTEST), _LONGEST) for length in measured]
    whole = sum(cut, expected * _EXPECTATION_WEIGHT)
    return whole / (len(cut) + _EXPECTATION_WEIGHT)


def band(wait: timedelta) -> Band:
    if wait < timedelta(minutes=1):
        return Band.UNDER_1
    if wait < timedelta(minutes=3):
        return Band.FROM_1_TO_3
    if wait <= timedelta(minutes=10):
        return Band.FROM_3_TO_10
    return Band.OVER_10


def may_acknowledge(last: datetime | None, now: datetime) -> bool:
    """Whether a waiting customer hears again that their words were passed on."""
    # A clock that was moved back must not silence it.
    return last is None or abs(now - last) >= ACKNOWLEDGE_EVERY


def may_announce(last: datetime | None, now: datetime) -> bool:
    """Whether a caller who waits may hear again how the line stands."""
    return last is None or abs(now - last) >= ANNOUNCE_EVERY
