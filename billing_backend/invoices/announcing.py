"""Of which invoices are customers told by themselves: a new one, and one that is due soon?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices
from billing_backend.disputes.repository import held
from billing_backend.invoices.models import Invoice
from billing_backend.payments.repository import outstanding
from billing_backend.plans.repository import protected_invoices
from billing_backend.policy import Policy

_Query = Select[UUID, str, dict[str, Any], str, UUID | None]
_DAY = timedelta(days=1)


async def announce(session: AsyncSession, *, today: date, now: datetime, policy: Policy) -> int:
    """Writes the notices of the day, each once for ever, one statement for each kind however many
    invoices there are; answers how many."""
    queries = (_issued(today), _covered(today), _due_soon(today, policy))
    return sum([await notices.write_selected(session, query, now=now) for query in queries])


def _issued(today: date) -> _Query:
    return _notices("invoice_issued", "issued", [Invoice.issued_on == today, outstanding() > 0])


def _covered(today: date) -> _Query:
    """Paid by credit that lay on the account: nothing is asked for."""
    nothing_left = [Invoice.issued_on == today, Invoice.total_minor > 0, outstanding() <= 0]
    return _notices("invoice_covered", "issued", nothing_left)


def _due_soon(today: date, policy: Policy) -> _Query:
    """Not what may not be asked for now: the disputed part, what is paid later by agreement."""
    left = outstanding() - held(today)
    soon = [
        Invoice.due_on > today,
        Invoice.due_on <= today + policy.due_soon_days * _DAY,
        # Who has just got the invoice knows.
        Invoice.issued_on < today - _DAY,
        left > 0,
        Invoice.id.not_in(protected_invoices(today)),
    ]
    return _notices("due_soon", "due_soon", soon, amount=left)


def _notices(
    kind: str,
    key: str,
    which: Sequence[ColumnElement[bool]],
    *,
    amount: ColumnElement[int] | None = None,
) -> _Query:
    asked_for = kind != "invoice_covered"
    left = outstanding() if amount is None else amount
    minor = left if asked_for else Invoice.total_minor
    values = func.jsonb_build_object(
        "invoice",
        Invoice.number,
        "amount",
        func.jsonb_build_object("money", minor, "currency", Invoice.currency),
        "due",
        func.jsonb_build_object("date", cast(Invoice.due_on, String)),
        type_=JSONB,
    )
    return select(
        Invoice.account_id,
        literal(kind),
        values,
        func.concat("invoice:", Invoice.id, ":", key),
        # A notice of a debt is not told any more once that is paid.
        Invoice.id if asked_for else literal(None, Invoice.id.type),
    ).where(*which)
