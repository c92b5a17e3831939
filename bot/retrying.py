"""A provider did not take a message: is it sent again, and when? One policy for every channel.

| failure                                   | then                                              |
|-------------------------------------------|---------------------------------------------------|
| uncertain (time-out, connection lost)     | never again: unknown, until a receipt says more   |
| permanent (blocked, no such number)       | never again: failed                               |
| rate_limited                              | after what the provider asks for, else backing off |
| unreachable (5xx, refused, no DNS, TLS)   | backing off                                       |
| rejected for a setting of ours (401, 403) | backing off: right again once the setting is      |

Backing off is 2, 4, 8, 16, 32 and then 60 s. After about an hour it is failed: an answer that
comes later answers nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.channels.message import DeliveryFailed

MAX_ATTEMPTS = 64
_LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Again:
    """It is sent again after this time. `slows`: whoever it was asks for fewer messages, so others
    wait as long."""

    after: timedelta
    slows: bool = False


@dataclass(frozen=True, slots=True)
class Never:
    """It is not sent again. `unknown`: the customer may have it."""

    unknown: bool = False


def decide(failure: DeliveryFailed, attempts: int) -> Again | Never:
    """`attempts` counts the one that failed."""
    if failure.uncertain:
        return Never(unknown=True)
    if failure.permanent or attempts >= MAX_ATTEMPTS:
        return Never()
    seconds = failure.retry_after or min(2.0 ** min(attempts, 10), _LONGEST_SECONDS)
    return Again(timedelta(seconds=seconds), slows=failure.reason == "rate_limited")
