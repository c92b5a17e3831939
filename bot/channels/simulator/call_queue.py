"""What does Twilio tell the app of a caller who waits in a queue?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class CallQueue:
    """A phone's queue; only its one caller is in it."""

    since: datetime
    sid: str = field(default_factory=lambda: "QU" + uuid4().hex)

    def described(self, now: datetime) -> dict[str, str]:
        """The parameters that every request of the waiting document carries."""
        waited = str(int((now - self.since).total_seconds()))
        return {
            "QueueSid": self.sid,
            "QueueTime": waited,
            "AvgQueueTime": waited,
            "QueuePosition": "1",
            "CurrentQueueSize": "1",
        }
