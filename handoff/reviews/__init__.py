"""Messages that the assistant should learn from, and what an agent says they mean. The door."""

from handoff.reviews.intents import FAMILIES, INTENTS, OUT_OF_SCOPE
from handoff.reviews.models import MessageReview, Why
from handoff.reviews.repository import mark_exported, message_before, to_export
from handoff.reviews.service import Decided, UnknownReview, decide, keep, reopen

__all__ = [
    "FAMILIES",
    "INTENTS",
    "OUT_OF_SCOPE",
    "Decided",
    "MessageReview",
    "UnknownReview",
    "Why",
    "decide",
    "keep",
    "mark_exported",
    "message_before",
    "reopen",
    "to_export",
]
