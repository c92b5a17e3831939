"""Which document does a signed link open, and until when?

A token holds the document's id and its last second, signed: it needs no row, and it cannot be
changed or guessed. It is short because it travels by SMS.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

PATH = "/documents"
_CLAIM = struct.Struct(">16sI")  # id, last second since 1970 (until 2106)
_SIGNATURE_BYTES = 16
_TOKEN_BYTES = _CLAIM.size + _SIGNATURE_BYTES


@dataclass(frozen=True, slots=True)
class Links:
    """`key` is secret, of any length; `base_url` is where customers reach us, without a slash."""

    key: bytes = field(repr=False)
    base_url: str
    lifetime: timedelta = timedelta(hours=72)

    def make(self, document_id: UUID, *, now: datetime) -> tuple[str, datetime]:
        """The address and its last moment."""
        expires_at = (now.astimezone(UTC) + self.lifetime).replace(microsecond=0)
        claim = _CLAIM.pack(document_id.bytes, int(expires_at.timestamp()))
        token = base64.urlsafe_b64encode(claim + self._signature(claim)).decode()
        return f"{self.base_url}{PATH}/{token}", expires_at

    def read(self, token: str, *, now: datetime) -> UUID | None:
        """The document's id; None for a token that was altered, made up, or is over."""
        try:
            content = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        claim, signature = content[: _CLAIM.size], content[_CLAIM.size :]
        right = hmac.compare_digest(signature, self._signature(claim))
        if len(content) != _TOKEN_BYTES or not right:
            return None
        document_id, last_second = _CLAIM.unpack(claim)
        return UUID(bytes=document_id) if now.timestamp() <= last_second else None

    def _signature(self, claim: bytes) -> bytes:
        # The purpose is part of what is signed: no other use of the key can make a link.
        return hmac.new(self.key, b"document link\0" + claim, sha256).digest()[:_SIGNATURE_BYTES]
