"""How is a change of what an account has kept, so that it can be told, and called off in time?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class ServiceChange(Base):
    """A change that was ordered: another plan, an add-on on or off, the end of the service.

    It counts from `from_day` on; until then it can be withdrawn. `undo` is what that takes:
    {"ended": [{"subscription": id, "ends_on": the day before, or null}], "started": [ids]}.
    `promise` names the preview that was told, `charge_id` the early-termination fee.
    """

    __tablename__ = "service_change"
    __table_args__ = (
        CheckConstraint("kind in ('plan', 'add_on', 'remove_add_on', 'cancel')", name="kind"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    from_day: Mapped[date]
    old_code: Mapped[str | None] = mapped_column(ForeignKey("product.code"))
    new_code: Mapped[str | None] = mapped_column(ForeignKey("product.code"))
    reason: Mapped[str | None]
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[str]  # "customer", "agent"
    taken_by: Mapped[str]
    channel: Mapped[str]
    promise: Mapped[str]
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charge.id", ondelete="SET NULL"))
    undo: Mapped[dict[str, Any]]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
