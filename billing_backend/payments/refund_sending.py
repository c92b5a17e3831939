"""How do requested refunds get to the payment provider, each once?

The provider is called between two transactions, with a key by which it knows the refund again.
"""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.db import Sessions, transaction
from billing_backend.money import Money
from billing_backend.payments import refund_repository
from billing_backend.payments.gateway import Gateway, GatewayFailed, RefundTaken, RefundWanted
from billing_backend.payments.refunds import settle

ACTOR = "system"
_AT_ONCE = 20
_AGAIN = timedelta(minutes=1)
# Stripe forgets a key after a day; later a repeated call could send the money twice.
_GIVE_UP = timedelta(hours=20)
log = structlog.get_logger(__name__)


async def send_due(sessions: Sessions, gateway: Gateway, clock: Clock) -> int:
    """Sends what is due now; answers how many the provider took or refused for good."""
    done = 0
    for wanted in await _claimed(sessions):
        try:
            answer = await gateway.refund(wanted)
        except GatewayFailed as failed:
            log.warning("a refund was not sent", reason=failed.reason)
            if not failed.permanent:
                await _keep_trying(sessions, wanted, failed.reason)
                continue
            answer = RefundTaken("", "failed", failed.reason)
        await _taken(sessions, wanted, answer, clock)
        done += 1
    return done


async def _claimed(sessions: Sessions) -> list[RefundWanted]:
    async with transaction(sessions) as session:
        rows = await refund_repository.claim_to_send(
            session, again_after=_AGAIN, give_up_after=_GIVE_UP, at_most=_AT_ONCE
        )
        return [
            RefundWanted(
                refund_id=refund.id,
                payment_reference=reference,
                amount=Money(refund.amount_minor, refund.currency),
                reason=refund.reason,
                key=f"refund:{refund.id}",
            )
            for refund, reference in rows
        ]


async def _keep_trying(sessions: Sessions, wanted: RefundWanted, reason: str) -> None:
    async with transaction(sessions) as session:
        refund = await refund_repository.by_id(session, wanted.refund_id)
        if refund is not None and refund.state == "requested":
            refund.failure = reason


async def _taken(
    sessions: Sessions, wanted: RefundWanted, answer: RefundTaken, clock: Clock
) -> None:
    async with transaction(sessions) as session:
        await keep_answer(session, wanted, answer, clock)


async def keep_answer(
    session: AsyncSession, wanted: RefundWanted, answer: RefundTaken, clock: Clock
) -> None:
    """The provider's answer to a request; an event about it may have been faster."""
    refund = await refund_repository.by_id(session, wanted.refund_id)
    if refund is None:
        return
    refund.provider_id = answer.provider_id or None
    await settle(
        session,
        refund,
        answer.state,
        actor=ACTOR,
        now=clock.now(),
        failure=answer.failure or "",
    )
