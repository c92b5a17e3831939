"""When are tries at a code or PIN locked, how many are left, and how long does a proof hold?

Pure: moments in, decisions out. Business rules, section 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing_backend.contract import Level
from billing_backend.policy import Policy

# A run of wrong tries cannot be longer than this: each of its gaps is shorter than the long lock.
HISTORY = timedelta(days=7)
_LONGEST_NUMBER = 32


@dataclass(frozen=True, slots=True)
class Tries:
    """What the wrong tries of one customer or of one address lead to."""

    locked_until: datetime | None
    left: int  # before the next lock


def judge_tries(failed_at: Sequence[datetime], now: datetime, policy: Policy) -> Tries:
    """The state of one subject; `failed_at` oldest first, forgiven tries left out.

    The first lock comes at `tries_before_short_lock` wrong tries, the long one at
    `tries_before_long_lock` and at every try after it. A quiet time as long as the long lock
    starts the count anew.
    """
    count, locked_until, previous = 0, None, None
    for moment in failed_at:
        if previous is not None and moment - previous >= policy.long_lock:
            count, locked_until = 0, None
        count, previous = count + 1, moment
        if count >= policy.tries_before_long_lock:
            locked_until = moment + policy.long_lock
        elif count == policy.tries_before_short_lock:
            locked_until = moment + policy.short_lock
    if previous is not None and now - previous >= policy.long_lock:
        count, locked_until = 0, None
    if locked_until is not None and locked_until <= now:
        locked_until = None
    return Tries(locked_until, _left(count, policy))


def next_code_at(issued_at: Sequence[datetime], now: datetime, policy: Policy) -> datetime | None:
    """When one more code may be sent to the same subject; None: now. `issued_at` oldest first."""
    recent = [moment for moment in issued_at if moment > now - policy.codes_window]
    if len(recent) < policy.codes_per_window:
        return None
    return recent[-policy.codes_per_window] + policy.codes_window


def proof_state(verified_at: datetime | None, now: datetime, policy: Policy) -> tuple[Level, bool]:
    """The level that a known customer has by their last proof, and whether it may change money.

    A proof that is older than `verification_lasts` has worn off: the person is only recognised.
    """
    if verified_at is None or now - verified_at >= policy.verification_lasts:
        return Level.RECOGNISED, False
    return Level.VERIFIED, now - verified_at < policy.verification_fresh


def plain_number(said: str) -> str:
    """A customer number as it is kept: digits only, whatever was said or typed around them."""
    return re.sub(r"\D", "", said)[:_LONGEST_NUMBER]


def _left(count: int, policy: Policy) -> int:
    if count < policy.tries_before_short_lock:
        return policy.tries_before_short_lock - count
    return max(policy.tries_before_long_lock - count, 1)
