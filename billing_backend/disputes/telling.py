"""What is the customer told when a dispute changes?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices
from billing_backend.contract import DisputeSummary
from billing_backend.disputes.models import Dispute
from billing_backend.money import Money
from billing_backend.notices import NewNotice


async def tell(
    session: AsyncSession, dispute: Dispute, summary: DisputeSummary, *, now: datetime
) -> None:
    """A notice of the state that the dispute has now, once for each state."""
    kind = f"dispute_{dispute.state}"
    values: dict[str, Any] = {
        "number": summary.number,
        "invoice": summary.invoice_number,
        "amount": notices.money(summary.amount),
        "answer_by": notices.day(summary.answer_by),
    }
    if dispute.state == "upheld":
        values["credited"] = notices.money(summary.credited)
        values["credit_note"] = dispute.credit_note_number
    if dispute.due_again_on is not None:
        values["due"] = notices.day(dispute.due_again_on)
        values["rest"] = notices.money(_rest(summary))
        values["answer"] = summary.answer
        kind = "dispute_upheld_in_part" if dispute.state == "upheld" else kind
    notice = NewNotice(dispute.account_id, kind, f"dispute:{dispute.id}:{dispute.state}", values)
    await notices.write(session, notice, now=now)


def _rest(summary: DisputeSummary) -> Money:
    return summary.amount - summary.credited
