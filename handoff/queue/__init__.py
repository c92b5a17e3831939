"""Waiting for a person: cases, place in line, expected wait, who is on duty. The room's door."""

from handoff.queue.hours import parse_hours
from handoff.queue.menu import handle_waiting_words
from handoff.queue.models import Case, Reason, State
from handoff.queue.repository import keep_policy, open_case
from handoff.queue.rules import Band, Policy
from handoff.queue.service import (
    Waiting,
    announce_change,
    customer_left,
    request_person,
    status_part,
    waiting_status,
)

__all__ = [
    "Band",
    "Case",
    "Policy",
    "Reason",
    "State",
    "Waiting",
    "announce_change",
    "customer_left",
    "handle_waiting_words",
    "keep_policy",
    "open_case",
    "parse_hours",
    "request_person",
    "status_part",
    "waiting_status",
]
