"""What may an agent do about a customer's disputes, and about a debt in parts?

As in account.py: billing decides, the desk names the agent's authority and keeps the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    AboveLimit,
    ArrangementSummary,
    Billing,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    ExtensionRefused,
)
from billing_backend.money import Money
from handoff.desk.account import Click, proved_customer
from handoff.desk.cases import Refused, hold, remember_granted


async def open_dispute(
    session: AsyncSession,
    billing: Billing,
    click: Click,
    *,
    invoice_number: str,
    line_ids: Sequence[UUID],
    reason: str,
    words: str,
) -> DisputeOpened | DisputeRefused | Refused:
    """For a customer who tells the agent what is wrong."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.open_dispute(
        session,
        customer.account_id,
        invoice_number,
        line_ids=line_ids,
        reason=reason,
        words=words,
        authority=click.agent.authority,
        key=click.named("open_dispute"),
        now=click.now,
    )
    if isinstance(result, DisputeOpened):
        dispute = result.dispute
        await remember_granted(
            session,
            held,
            {
                "kind": "dispute",
                "key": click.key,
                "number": dispute.number,
                "answer_by": dispute.answer_by.isoformat(),
                "amount": _kept(dispute.amount),
            },
        )
    return result


async def review_dispute(
    session: AsyncSession, billing: Billing, click: Click, *, number: str
) -> DisputeSummary | DisputeRefused | Refused:
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.review_dispute(
        session,
        customer.account_id,
        number,
        authority=click.agent.authority,
        key=click.named("review_dispute"),
        now=click.now,
    )


async def uphold_dispute(
    session: AsyncSession, billing: Billing, click: Click, *, number: str, amount: Money | None
) -> DisputeUpheld | DisputeRefused | AboveLimit | Refused:
    """Gives back the disputed amount, or a part; above the agent's limit it says who may."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.uphold_dispute(
        session,
        customer.account_id,
        number,
        amount=amount,
        authority=click.agent.authority,
        key=click.named("uphold_dispute"),
        now=click.now,
    )
    if isinstance(result, DisputeUpheld):
        await remember_granted(
            session,
            held,
            {
                "kind": "correction",
                "key": click.key,
                "invoice": result.dispute.invoice_number,
                "amount": _kept(result.dispute.credited),
            },
        )
    return result


async def reject_dispute(
    session: AsyncSession, billing: Billing, click: Click, *, number: str, answer: str
) -> DisputeSummary | DisputeRefused | Refused:
    """`answer` is told to the customer as it stands."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.reject_dispute(
        session,
        customer.account_id,
        number,
        answer=answer,
        authority=click.agent.authority,
        key=click.named("reject_dispute"),
        now=click.now,
    )


async def in_parts(
    session: AsyncSession, billing: Billing, click: Click, *, parts: int
) -> ArrangementSummary | ExtensionRefused | Refused:
    """All that is owed in parts, by billing's rule."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.arrange_instalments(
        session,
        customer.account_id,
        parts,
        authority=click.agent.authority,
        key=click.named("instalments"),
        now=click.now,
    )
    if isinstance(result, ArrangementSummary):
        await remember_granted(
            session,
            held,
            {
                "kind": "instalments",
                "key": click.key,
                "parts": len(result.parts),
                "pay_by": result.pay_by.isoformat(),
                "amount": _kept(result.amount),
            },
        )
    return result


def _kept(amount: Money) -> dict[str, object]:
    return {"minor": amount.minor, "currency": amount.currency}
