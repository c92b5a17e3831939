"""How does a customer hear, in the conversation, that a payment by link came or did not?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import NotPaid, PaidByLink
from billing_backend.money import Money
from handoff.conversations import Author, Conversation, Draft, Part, outbox


async def tell(session: AsyncSession, told: PaidByLink | NotPaid, *, now: datetime) -> None:
    """Writes the news where the link was given, once; nothing where nobody reads any more.

    It answers what the customer has just done, so quiet hours do not hold it back.
    """
    conversation = await session.get(Conversation, told.conversation_id)
    if conversation is None or conversation.closed_at is not None:
        return
    match told:
        case PaidByLink():
            key, part = f"paid:{told.payment_reference}", _paid(told)
        case NotPaid():
            key = f"not_paid:{told.checkout}"
            part = Part("utter_notice_not_paid", {"amount": _figure(told.amount)})
    await outbox.write(
        session, conversation, Draft(parts=[part]), author=Author.NOTICE, key=key, now=now
    )


def _paid(told: PaidByLink) -> Part:
    amount = {"amount": _figure(told.amount)}
    if told.due.minor > 0:
        return Part("utter_notice_paid_in_part", {**amount, "due": _figure(told.due)})
    return Part("utter_notice_paid", amount)


def _figure(amount: Money) -> dict[str, int | str]:
    return {"money": amount.minor, "currency": amount.currency}
