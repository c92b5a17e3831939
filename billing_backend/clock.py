"""What time is it, for every rule, expiry and job of the product?

Rules never ask: they get `now` or `today`. The edge asks its clock once per request. Leases and
network time-outs are the machine's business and keep real time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The system's clock moved by an offset: the simulator's, so that a week passes at once."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def move_to(self, moment: datetime) -> None:
        self.offset = moment - datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told otherwise: for tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def business_date(moment: datetime, zone: str = "Europe/Bucharest") -> date:
    """The calendar day of an aware moment at the business; billing dates are such days."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no billing date")
    return moment.astimezone(ZoneInfo(zone)).date()
