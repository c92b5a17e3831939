"""How are codes and PINs made, kept and compared, with the same work for everybody?"""

from __future__ import annotations

import asyncio
import functools
import hmac
import secrets
from hashlib import blake2b
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_PERSON = b"one-time code"

hasher = PasswordHasher()  # argon2id with RFC 9106's second recommended option (64 MiB)


def new_code(digits: int) -> str:
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def code_digest(code: str, code_id: UUID, key: bytes) -> bytes:
    """A million codes are tried in a second: only the key, kept outside the database, protects
    the digest. The id of the code's row is the salt. `key` may have any length but 0."""
    if not key:
        raise ValueError("codes need a secret key")
    own_key = blake2b(key, person=_PERSON).digest()
    return blake2b(code.encode(), key=own_key, salt=code_id.bytes, person=_PERSON).digest()


def same_digest(first: bytes, second: bytes) -> bool:
    return hmac.compare_digest(first, second)


def hash_pin(pin: str) -> str:
    """A PIN's argon2id hash; about 50 ms of work, so not in the event loop for many."""
    return hasher.hash(pin)


async def pin_matches(pin: str, pin_hash: str | None) -> bool:
    """Whether the PIN is right. Without a hash (no such customer, no PIN) the same work is done
    on a hash that matches nothing, so that the answer takes as long."""
    matches = await asyncio.to_thread(_verify, pin, pin_hash or _nobodys_hash())
    return matches and pin_hash is not None


def _verify(pin: str, pin_hash: str) -> bool:
    try:
        return hasher.verify(pin_hash, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False


@functools.cache
def _nobodys_hash() -> str:
    return hasher.hash(secrets.token_hex(16))
