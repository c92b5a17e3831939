"""How does something get into the audit log?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.bulk import copy_rows


async def record(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    """Adds one line, in the caller's transaction: what is rolled back was never done.

    `subject` is "<kind>:<id>". `details` are JSON values: references, amounts in minor units,
    reasons; never a code, a PIN, a phone number or a person's name.
    """
    session.add(
        AuditEntry(at=now, actor=actor, action=action, subject=subject, details=dict(details))
    )


async def record_many(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    subjects: Sequence[tuple[str, Mapping[str, Any]]],
    now: datetime,
) -> None:
    """The same thing done to many, as (subject, details), in one round trip."""
    rows = [
        {
            "id": uuid4(),
            "at": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "details": dict(details),
        }
        for subject, details in subjects
    ]
    await copy_rows(session, AuditEntry, rows)
