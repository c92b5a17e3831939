"""How is something posted to the books?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.journal import repository
from billing_backend.journal.rules import Transfer, normal


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted; `key` is unique for ever, `document` what stands behind it.

    `at` dates it, when that is not the moment of posting (a payment that came in days ago).
    """

    account_id: UUID | None
    kind: str
    transfers: tuple[Transfer, ...]
    key: str
    document: str
    at: datetime | None = None


async def post(
    session: AsyncSession,
    *,
    account_id: UUID | None,
    kind: str,
    lines: Iterable[Transfer],
    key: str,
    document: str,
    now: datetime,
) -> UUID:
    """Posts one entry; answers its id.

    A key that was posted before violates a unique constraint: callers guard with
    `idempotency.once`, and this is the last line of defence.
    """
    [entry_id] = await post_many(
        session, [NewEntry(account_id, kind, tuple(lines), key, document)], now=now
    )
    return entry_id


async def post_many(
    session: AsyncSession, entries: Sequence[NewEntry], *, now: datetime
) -> list[UUID]:
    """Posts all entries in two round trips, however many they are; answers their ids."""
    ids = [uuid4() for _ in entries]
    await repository.add(
        session,
        entries=[
            {
                "id": entry_id,
                "account_id": entry.account_id,
                "kind": entry.kind,
                "document": entry.document,
                "key": entry.key,
                "posted_at": entry.at or now,
            }
            for entry_id, entry in zip(ids, entries, strict=True)
        ],
        transfers=[
            {
                "id": uuid4(),
                "entry_id": entry_id,
                "debit": str(transfer.debit),
                "credit": str(transfer.credit),
                "amount_minor": transfer.amount.minor,
                "currency": transfer.amount.currency,
            }
            for entry_id, entry in zip(ids, entries, strict=True)
            for transfer in normal(entry.transfers)
        ],
    )
    return ids
