"""Which queries keep and read identifications, codes, PINs and wrong tries?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.identity.models import FailedTry, IdentificationRow, OneTimeCode, Pin


async def hold(session: AsyncSession, subjects: Iterable[str]) -> None:
    """Until the transaction ends, nobody else tries or asks a code for these subjects.

    Without it, a thousand guesses at once would all see the count before their own.
    """
    # In order, so that two callers with the same two subjects cannot wait for each other.
    for subject in sorted(set(subjects)):
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"identity {subject}", 0))
        await session.execute(select(lock))


async def find(session: AsyncSession, conversation_id: UUID) -> IdentificationRow | None:
    return await session.get(IdentificationRow, conversation_id, populate_existing=True)


async def proved_in(session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
    query = (
        select(IdentificationRow.conversation_id)
        .where(
            IdentificationRow.customer_id == customer_id,
            IdentificationRow.verified_at.is_not(None),
        )
        .order_by(IdentificationRow.verified_at.desc())
    )
    return (await session.scalars(query)).all()


async def save(
    session: AsyncSession,
    conversation_id: UUID,
    *,
    claimed_number: str | None,
    customer_id: UUID | None,
    method: str | None,
    verified_at: datetime | None,
) -> None:
    values = {
        "claimed_number": claimed_number,
        "customer_id": customer_id,
        "method": method,
        "verified_at": verified_at,
    }
    await session.execute(
        insert(IdentificationRow)
        .values(conversation_id=conversation_id, **values)
        .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    )


async def forget(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[str, int]:
    """Who was taken for whom in those conversations, and the codes sent for it; answers how many
    rows of each table there were."""
    gone = {}
    for model in (IdentificationRow, OneTimeCode):
        rows = await session.scalars(
            delete(model)
            .where(model.conversation_id.in_(conversation_ids))
            .returning(model.conversation_id)
        )
        gone[model.__tablename__] = len(rows.all())
    return gone


async def add_code(session: AsyncSession, code: OneTimeCode) -> None:
    """The new code replaces every unused one of the conversation."""
    await session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.conversation_id == code.conversation_id, OneTimeCode.used_at.is_(None))
        .values(used_at=code.issued_at)
    )
    session.add(code)
    await session.flush()


async def live_code(
    session: AsyncSession, conversation_id: UUID, subject: str, now: datetime
) -> OneTimeCode | None:
    """The code that would be right now: of this conversation and for this customer number."""
    return await session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.conversation_id == conversation_id,
            OneTimeCode.subject == subject,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .order_by(OneTimeCode.issued_at.desc())
        .limit(1)
    )


async def spend_code(session: AsyncSession, code_id: UUID, now: datetime) -> bool:
    """Use the code up; False when somebody else was faster."""
    spent = await session.scalar(
        update(OneTimeCode)
        .where(OneTimeCode.id == code_id, OneTimeCode.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeCode.id)
    )
    return spent is not None


async def codes_issued(
    session: AsyncSession, *, subject: str, address: str, since: datetime
) -> tuple[list[datetime], list[datetime]]:
    """When codes were issued: for the customer, and to the address; oldest first."""
    rows = await session.execute(
        select(OneTimeCode.issued_at, OneTimeCode.subject, OneTimeCode.address)
        .where(
            or_(OneTimeCode.subject == subject, OneTimeCode.address == address),
            OneTimeCode.issued_at > since,
        )
        .order_by(OneTimeCode.issued_at)
    )
    return _by_side(rows.all(), subject, address)


async def add_failure(session: AsyncSession, *, subject: str, address: str, now: datetime) -> None:
    session.add(FailedTry(subject=subject, address=address, failed_at=now))
    await session.flush()


async def failures(
    session: AsyncSession, *, subject: str, address: str, since: datetime
) -> tuple[list[datetime], list[datetime]]:
    """When unforgiven tries failed: at the customer, and from the address; oldest first."""
    rows = await session.execute(
        select(FailedTry.failed_at, FailedTry.subject, FailedTry.address)
        .where(
            or_(FailedTry.subject == subject, FailedTry.address == address),
            FailedTry.forgiven_at.is_(None),
            FailedTry.failed_at > since,
        )
        .order_by(FailedTry.failed_at)
    )
    return _by_side(rows.all(), subject, address)


async def forgive(session: AsyncSession, *, subject: str, address: str, now: datetime) -> None:
    """The same address proved to be this customer: its own wrong tries were typing errors."""
    await session.execute(
        update(FailedTry)
        .where(
            FailedTry.subject == subject,
            FailedTry.address == address,
            FailedTry.forgiven_at.is_(None),
        )
        .values(forgiven_at=now)
    )


async def pin_hash(session: AsyncSession, customer_id: UUID | None) -> str | None:
    """None when there is no such customer or no PIN; the query runs all the same."""
    return await session.scalar(select(Pin.hash).where(Pin.customer_id == customer_id))


async def save_pin(session: AsyncSession, customer_id: UUID, hashed: str, now: datetime) -> None:
    await session.execute(
        insert(Pin)
        .values(customer_id=customer_id, hash=hashed, set_at=now)
        .on_conflict_do_update(index_elements=["customer_id"], set_={"hash": hashed, "set_at": now})
    )


async def drop_history(session: AsyncSession, before: datetime) -> None:
    """Codes and tries that no rule looks at any more."""
    await session.execute(delete(OneTimeCode).where(OneTimeCode.issued_at < before))
    await session.execute(delete(FailedTry).where(FailedTry.failed_at < before))


def _by_side(
    rows: Sequence[Row[datetime, str, str]], subject: str, address: str
) -> tuple[list[datetime], list[datetime]]:
    return (
        [moment for moment, at_subject, _ in rows if at_subject == subject],
        [moment for moment, _, from_address in rows if from_address == address],
    )
