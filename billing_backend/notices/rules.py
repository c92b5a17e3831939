"""May a customer be written to: at this hour, and about this?"""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

# What a customer can want or not, each with its kinds of notices.
TOPICS: Mapping[str, frozenset[str]] = {
    "invoices": frozenset({"invoice_issued", "invoice_covered"}),
    "due": frozenset({"due_soon"}),
    "overdue": frozenset({"reminder_1", "reminder_2"}),
    "payments": frozenset({"payment_received", "payment_received_all"}),
    "arrangements": frozenset(
        {"extension_due", "instalment_due", "extension_missed", "instalment_missed"}
    ),
    "disputes": frozenset(
        {
            "dispute_open",
            "dispute_under_review",
            "dispute_upheld",
            "dispute_upheld_in_part",
            "dispute_rejected",
            "dispute_withdrawn",
        }
    ),
}


def topic_of(kind: str) -> str | None:
    """None: of a service that is cut off, or is about to be, everybody is told."""
    return next((topic for topic, kinds in TOPICS.items() if kind in kinds), None)


def wanted(topic: str | None, agreed: bool, stated: Mapping[str, bool]) -> bool:
    """What the customer said about the topic, else what was agreed when they came."""
    return topic is None or stated.get(topic, agreed)


def quiet(now: datetime, zone: str, begins: time, ends: time) -> bool:
    """Whether it is a quiet hour at the business. The hours may go over midnight; the same hour
    twice means that there are none."""
    hour = now.astimezone(ZoneInfo(zone)).time()
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends
