"""What does the product itself know of a conversation: understood as what, whose turn, waiting
for what?

Read from its own database: the message log, the queue, and the events in Rasa's tracker store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

_CONVERSATION = """
    SELECT id, owner, expects, language,
        (SELECT number FROM identification JOIN customer ON customer.id = customer_id
         WHERE conversation_id = c.id AND verified_at IS NOT NULL) AS proved,
        EXISTS (SELECT FROM inbound_message
                WHERE conversation_id = c.id AND handled_at IS NULL) AS unanswered,
        EXISTS (SELECT FROM outbound_message
                WHERE conversation_id = c.id AND status IN ('queued', 'sending')) AS unsent
    FROM conversation c WHERE channel = %(channel)s AND %(address)s IN (address, phone)
    ORDER BY created_at DESC, closed_at IS NULL DESC LIMIT 1
"""
_LAST_MESSAGE = """
    SELECT id, outcome, failure FROM inbound_message
    WHERE conversation_id = %(id)s AND kind <> 'hangup' ORDER BY position DESC LIMIT 1
"""
_USER_EVENT = """
    SELECT data FROM rasa.events WHERE sender_id = %(sender)s AND type_name = 'user'
    AND data LIKE %(message)s ORDER BY id DESC LIMIT 1
"""
_OPEN_CASE = """
    SELECT reason, state FROM support_case
    WHERE conversation_id = %(id)s AND state IN ('waiting', 'with_agent')
"""


@dataclass(frozen=True, slots=True)
class State:
    """A conversation as it stands."""

    id: UUID
    owner: str
    expects: str | None
    language: str
    proved: str | None  # the customer number of whom they proved to be
    unanswered: bool
    unsent: bool

    @property
    def settled(self) -> bool:
        return not self.unanswered and not self.unsent


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The customer's newest message: what became of it, and what Rasa took it for (None when it
    never got there: a person's, or a menu's)."""

    outcome: str | None
    failure: str | None
    intent: str | None


class Inside:
    """Reads the product's database."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    def close(self) -> None:
        self._connection.close()

    def state(self, channel: str, address: str) -> State | None:
        """The newest conversation at that address; each call is one of its own."""
        row = self._row(_CONVERSATION, channel=channel, address=address)
        return None if row is None else State(**row)

    def last_message(self, conversation: UUID) -> LastMessage:
        message = self._row(_LAST_MESSAGE, id=conversation)
        assert message is not None
        event = self._row(_USER_EVENT, sender=str(conversation), message=f"%{message['id']}%")
        intent = json.loads(event["data"])["parse_data"]["intent"]["name"] if event else None
        return LastMessage(message["outcome"], message["failure"], intent)

    def reason(self, conversation: UUID) -> str | None:
        """Why a person is wanted, while one is."""
        case = self._row(_OPEN_CASE, id=conversation)
        return None if case is None else str(case["reason"])

    def _row(self, query: str, **values: Any) -> dict[str, Any] | None:
        return self._connection.execute(query, values).fetchone()
