"""How are agents' passwords kept and compared, with the same work for everybody?"""

from __future__ import annotations

import asyncio
import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()  # argon2id with RFC 9106's low-memory profile (64 MiB)
# Each comparison takes 64 MiB and a core: strangers must not make us do many at once.
_AT_ONCE = 2
_places = asyncio.Semaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password. Without a hash (no such agent) the work is the same, so that
    the time taken does not tell who works here."""
    async with _places:
        right = await asyncio.to_thread(_verify, password, password_hash or _nobodys_hash())
    return right and password_hash is not None


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
