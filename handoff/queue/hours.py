"""When are people on duty, and when do they come back? Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALWAYS = "always"
_LOOK_AHEAD_DAYS = 400
_SPAN = re.compile(
    r"(?P<first>\w{3})(?:-(?P<last>\w{3}))? (?P<opens>[\d:]{5})-(?P<closes>[\d:]{5})"
)


@dataclass(frozen=True, slots=True)
class Span:
    """One opening of one weekday (0 is Monday); `closes` None is midnight."""

    weekday: int
    opens: time
    closes: time | None


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of openings, as written in the settings."""

    written: str
    spans: tuple[Span, ...]


def parse_hours(written: str) -> Hours:
    """Hours from words such as "Mon-Fri 08:00-20:00, Sat 09:00-14:00", or "always".

    24:00 is midnight. Raises ValueError with a sentence that says what is wrong.
    """
    if written.strip().lower() == ALWAYS:
        return Hours(ALWAYS, tuple(Span(day, time(0), None) for day in range(7)))
    return Hours(written, tuple(span for part in written.split(",") for span in _spans(part)))


def is_open(hours: Hours, now: datetime, *, zone: str, closed_on: Collection[date] = ()) -> bool:
    """Whether `now` (aware) lies within an opening at the business."""
    local = now.astimezone(ZoneInfo(zone))
    if local.date() in closed_on:
        return False
    return any(
        span.weekday == local.weekday()
        and span.opens <= local.time()
        and (span.closes is None or local.time() < span.closes)
        for span in hours.spans
    )


def closed_until(
    hours: Hours, now: datetime, *, zone: str, closed_on: Collection[date] = ()
) -> datetime | None:
    """When closed: the next opening. None while open."""
    if is_open(hours, now, zone=zone, closed_on=closed_on):
        return None
    return next_opening(hours, now, zone=zone, closed_on=closed_on)


def next_opening(
    hours: Hours, now: datetime, *, zone: str, closed_on: Collection[date] = ()
) -> datetime:
    """The first opening after `now`, in the business's time zone.

    Raises ValueError when every coming opening falls on a closed day.
    """
    local = now.astimezone(ZoneInfo(zone))
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        if day in closed_on:
            continue
        for span in sorted(hours.spans, key=lambda span: span.opens):
            opening = datetime.combine(day, span.opens, ZoneInfo(zone))
            if span.weekday == day.weekday() and opening > local:
                return opening
    raise ValueError("the desk never opens again: shorten the list of closed days")


def _spans(part: str) -> Iterator[Span]:
    found = _SPAN.fullmatch(part.strip())
    if found is None:
        raise ValueError(
            f"{part.strip()!r} is not an opening: write 'Mon-Fri 08:00-20:00' or 'always'"
        )
    first = _weekday(found["first"])
    last = _weekday(found["last"] or found["first"])
    opens = _time(found["opens"])
    closes = None if found["closes"] == "24:00" else _time(found["closes"])
    if closes is not None and closes <= opens:
        raise ValueError(f"{part.strip()!r} closes before it opens")
    for day in range(7):
        if _between(first, day, last):
            yield Span(day, opens, closes)


def _between(first: int, day: int, last: int) -> bool:
    # Sat-Mon goes over the end of the week.
    return first <= day <= last if first <= last else day >= first or day <= last


def _weekday(name: str) -> int:
    if name.capitalize() not in DAYS:
        raise ValueError(f"{name!r} is not a day: write one of {', '.join(DAYS)}")
    return DAYS.index(name.capitalize())


def _time(figure: str) -> time:
    try:
        return time.fromisoformat(figure)
    except ValueError:
        raise ValueError(f"{figure!r} is not a time of day: write 08:00") from None


WORKING_HOURS = parse_hours("Mon-Fri 08:00-20:00, Sat 09:00-14:00")
