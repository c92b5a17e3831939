"""How does something get into the audit log?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry


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
