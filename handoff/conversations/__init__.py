"""The message log: inbox, outbox, owner and epoch, secrets on their way. The room's door."""

from handoff.conversations.history import Entry, history
from handoff.conversations.inbox import Claim, Stored, open_conversation, receive
from handoff.conversations.models import (
    Author,
    Conversation,
    InboundMessage,
    OutboundMessage,
    Owner,
    Status,
)
from handoff.conversations.outbox import Draft, Part, write
from handoff.conversations.ownership import NotYours
from handoff.conversations.reach import reachable
from handoff.conversations.receipts import Report
from handoff.conversations.vault import Vault

__all__ = [
    "Author",
    "Claim",
    "Conversation",
    "Draft",
    "Entry",
    "InboundMessage",
    "NotYours",
    "OutboundMessage",
    "Owner",
    "Part",
    "Report",
    "Status",
    "Stored",
    "Vault",
    "history",
    "open_conversation",
    "reachable",
    "receive",
    "write",
]
