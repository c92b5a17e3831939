"""How does what billing wants told reach the customer, on the channel that they use?"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.contract import Billing, Notice
from billing_backend.db import Sessions, transaction
from bot import metrics
from handoff.conversations import Author, Draft, Part, outbox, reachable

_AT_ONCE = 50


class Notices:
    """Puts due notices into the outbox of the conversation that their customer used last.

    Billing holds them back in quiet hours. Who has no conversation, or has opted out, is not
    written to.
    """

    def __init__(self, sessions: Sessions, billing: Billing, clock: Clock) -> None:
        self._sessions = sessions
        self._billing = billing
        self._clock = clock

    async def tell_due(self) -> None:
        """All that is due now, in small transactions: one that fails holds up few."""
        while await self._tell_some() == _AT_ONCE:
            pass

    async def _tell_some(self) -> int:
        async with transaction(self._sessions) as session:
            notices = await self._billing.due_notices(
                session, now=self._clock.now(), at_most=_AT_ONCE
            )
            for notice in notices:
                await self._tell(session, notice)
            return len(notices)

    async def _tell(self, session: AsyncSession, notice: Notice) -> None:
        now = self._clock.now()
        conversation = await reachable(session, phone=notice.phone, proved_in=notice.conversations)
        if conversation is not None:
            await outbox.write(
                session,
                conversation,
                Draft(parts=[Part(_WORDS[notice.kind], notice.values)]),
                author=Author.NOTICE,
                key=f"notice:{notice.notice_id}",
                now=now,
            )
        metrics.notices.labels(notice.kind, "nowhere" if conversation is None else "told").inc()
        await self._billing.settle_notice(
            session,
            notice.notice_id,
            conversation_id=None if conversation is None else conversation.id,
            now=now,
        )


_WORDS = {
    "reminder_1": "utter_notice_reminder_1",
    "reminder_2": "utter_notice_reminder_2",
    "suspension_notice": "utter_notice_suspension_notice",
    "service_suspended": "utter_notice_service_suspended",
    "service_restored": "utter_notice_service_restored",
    "service_restored_with_fee": "utter_notice_service_restored_with_fee",
    "extension_missed": "utter_notice_extension_missed",
    "instalment_missed": "utter_notice_instalment_missed",
    "dispute_open": "utter_notice_dispute_open",
    "dispute_under_review": "utter_notice_dispute_under_review",
    "dispute_upheld": "utter_notice_dispute_upheld",
    "dispute_upheld_in_part": "utter_notice_dispute_upheld_in_part",
    "dispute_rejected": "utter_notice_dispute_rejected",
    "dispute_withdrawn": "utter_notice_dispute_withdrawn",
}
