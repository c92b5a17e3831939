"""What does one line of the audit log hold?"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from billing_backend.db import Base, Key


class AuditEntry(Base):
    """One thing done, by whom, to what. Rows are only added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    actor: Mapped[str]  # "assistant", an agent's sign-in name, "system"
    action: Mapped[str]  # "invoice.corrected", "identity.code_checked"
    subject: Mapped[str]  # "account:<uuid>", "customer:<uuid>", "conversation:<uuid>"
    details: Mapped[dict[str, Any]]
