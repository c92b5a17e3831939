"""How does a repeated request get its first result instead of being done twice?"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base
from billing_backend.errors import IdempotencyConflict

Result = TypeVar("Result")


class IdempotentResult(Base):
    """The first answer to a key; it lives and dies with the transaction that made it."""

    __tablename__ = "idempotent_result"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    result: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


async def once(
    session: AsyncSession,
    key: str,
    request: Mapping[str, Any],
    returns: TypeAdapter[Result],
    work: Callable[[], Awaitable[Result]],
) -> Result:
    """Runs `work` the first time a key is seen, and answers its result ever after.

    `request` is what was asked, in JSON values or things that `str` makes unique (UUIDs, dates):
    the same key with another request raises IdempotencyConflict. `returns` turns the result into
    JSON and back, e.g. `TypeAdapter(Corrected | AboveLimit)`; refusals are results too. When
    `work` raises, nothing is remembered. A second caller with the same key waits until the
    first one's transaction ends.
    """
    await wait_for_the_key(session, key)
    fingerprint = _fingerprint(request)
    known = await session.scalar(select(IdempotentResult).where(IdempotentResult.key == key))
    if known is not None:
        if known.fingerprint != fingerprint:
            raise IdempotencyConflict(key)
        return returns.validate_python(known.result["value"])
    result = await work()
    value = returns.dump_python(result, mode="json")
    session.add(IdempotentResult(key=key, fingerprint=fingerprint, result={"value": value}))
    await session.flush()
    # The first answer is the stored one too, so that both callers get equal values.
    return returns.validate_python(value)


async def wait_for_the_key(session: AsyncSession, key: str) -> None:
    """Returns when nobody else works with this key; the others wait until the transaction ends."""
    # Two keys with one hash only wait for each other; they are not mixed up.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _fingerprint(request: Mapping[str, Any]) -> str:
    canonical = json.dumps(dict(request), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
