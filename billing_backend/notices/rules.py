"""May a customer be written to at this hour?"""

from datetime import datetime, time
from zoneinfo import ZoneInfo


def quiet(now: datetime, zone: str, begins: time, ends: time) -> bool:
    """Whether it is a quiet hour at the business. The hours may go over midnight; the same hour
    twice means that there are none."""
    hour = now.astimezone(ZoneInfo(zone)).time()
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends
