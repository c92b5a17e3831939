"""What does a link into the chat (t.me/<bot>?start=...) carry, and did we make it?

A link says what the customer wants to see, never who they are: the proof is asked for all the
same. It is signed, so that a link that looks like ours is ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

LONGEST = 64  # characters that Telegram lets a link carry
_MAC = 9  # bytes; 12 characters
_MARK = 12


@dataclass(frozen=True, slots=True)
class Linked:
    """The wish that a link carries, as an intent, and the invoice that it is about."""

    intent: str
    invoice: str | None = None


_LETTERS = {"explain_bill": "e", "view_bill": "v", "pay_bill": "p", "check_balance": "b"}
_INTENTS = {letter: intent for intent, letter in _LETTERS.items()}


class DeepLinks:
    """Makes and reads what links carry. With an empty key none is made and none is believed."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = hmac.digest(key, b"links into the chat", hashlib.sha256) if key else b""

    def carry(self, wish: Linked) -> str | None:
        """None when it is too long for a link."""
        if not self._key:
            return None
        body = _LETTERS[wish.intent] + (wish.invoice or "")
        carried = self._mark(body) + _encoded(body.encode())
        return carried if len(carried) <= LONGEST else None

    def read(self, carried: str) -> Linked | None:
        """None for what we did not make."""
        if not self._key or len(carried) > LONGEST:
            return None
        try:
            body = _decoded(carried[_MARK:]).decode()
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(carried[:_MARK].encode(), self._mark(body).encode()):
            return None
        return Linked(_INTENTS[body[0]], body[1:] or None)

    def _mark(self, body: str) -> str:
        return _encoded(hmac.digest(self._key, body.encode(), hashlib.sha256)[:_MAC])


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
