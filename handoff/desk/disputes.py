"""What may an agent do about a customer's disputes, and about a debt in parts?

As in account.py: billing decides, the desk names the agent's authority and keeps the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from billing_backend.contract import (
    AboveLimit,
    ArrangementSummary,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    ExtensionRefused,
)
from billing_backend.errors import NotFound
from billing_backend.money import Money
from handoff.desk.clicks import Account, on_their_account


@on_their_account
async def open_dispute(
    account: Account, *, invoice_number: str, line_ids: Sequence[UUID], reason: str, words: str
) -> DisputeOpened | DisputeRefused:
    """For a customer who tells the agent what is wrong."""
    result = await account.billing.open_dispute(
        account.session,
        account.id,
        invoice_number,
        line_ids=line_ids,
        reason=reason,
        words=words,
        **account.signed("open_dispute"),
    )
    if isinstance(result, DisputeOpened):
        dispute = result.dispute
        await account.remember(
            "dispute",
            dispute.amount,
            number=dispute.number,
            answer_by=dispute.answer_by.isoformat(),
        )
    return result


@on_their_account
async def review_dispute(account: Account, *, number: str) -> DisputeSummary | DisputeRefused:
    return await account.billing.review_dispute(
        account.session, account.id, number, **account.signed("review_dispute")
    )


@on_their_account
async def uphold_dispute(
    account: Account, *, number: str, minor: int | None
) -> DisputeUpheld | DisputeRefused | AboveLimit:
    """Gives back the disputed amount, or so much of it in its currency; above the agent's limit
    it says who may."""
    amount = None if minor is None else await _of_dispute(account, number, minor)
    result = await account.billing.uphold_dispute(
        account.session, account.id, number, amount=amount, **account.signed("uphold_dispute")
    )
    if isinstance(result, DisputeUpheld):
        dispute = result.dispute
        await account.remember("correction", dispute.credited, invoice=dispute.invoice_number)
    return result


async def _of_dispute(account: Account, number: str, minor: int) -> Money:
    for dispute in await account.billing.disputes(account.session, account.id):
        if dispute.number == number:
            return Money(minor, dispute.amount.currency)
    raise NotFound("dispute", number)


@on_their_account
async def reject_dispute(
    account: Account, *, number: str, answer: str
) -> DisputeSummary | DisputeRefused:
    """`answer` is told to the customer as it stands."""
    return await account.billing.reject_dispute(
        account.session, account.id, number, answer=answer, **account.signed("reject_dispute")
    )


@on_their_account
async def in_parts(account: Account, *, parts: int) -> ArrangementSummary | ExtensionRefused:
    """All that is owed in parts, by billing's rule."""
    result = await account.billing.arrange_instalments(
        account.session, account.id, parts, **account.signed("instalments")
    )
    if isinstance(result, ArrangementSummary):
        await account.remember(
            "instalments",
            result.amount,
            parts=len(result.parts),
            pay_by=result.pay_by.isoformat(),
        )
    return result
