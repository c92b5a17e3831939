"""Which payments were made on an account, how, and what became of them?"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import PaymentFacts
from billing_backend.money import Money
from billing_backend.payments import refund_repository, repository


async def payments(session: AsyncSession, account_id: UUID, *, limit: int) -> list[PaymentFacts]:
    """Newest first."""
    found = await repository.of_account(session, account_id, limit=limit)
    back = await refund_repository.refunded_each(session, [each.id for each in found])
    return [
        PaymentFacts(
            reference=each.reference,
            amount=Money(each.amount_minor, each.currency),
            received_on=each.received_on,
            method=each.method,
            refunded=Money(back.get(each.id, 0), each.currency),
            reversed=each.reversed_on is not None,
        )
        for each in found
    ]
