"""How does what billing wants told reach the customer, on the channel that they use?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.contract import Billing, Notice
from billing_backend.db import Sessions, transaction
from bot import metrics, told
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    Part,
    elsewhere,
    outbox,
    ownership,
    reachable,
)

_AT_ONCE = 50
# What did not arrive is told elsewhere as long as it is news.
_NEWS = timedelta(days=1)
_KEY = "notice"


class Notices:
    """Puts due notices into the outbox of the conversation on the channel that their customer
    chose, or of the one that they used last.

    Billing holds them back in quiet hours, and what the customer does not want. Who has no
    conversation, or has opted out, is not written to. What certainly did not arrive is told where
    it was not tried. What was told is kept with the dialogue, so that a short answer lands in the
    right context.
    """

    def __init__(self, sessions: Sessions, billing: Billing, clock: Clock) -> None:
        self._sessions = sessions
        self._billing = billing
        self._clock = clock

    async def tell_due(self) -> None:
        """All that is due now, in small transactions: one that fails holds up few."""
        await self._take_back_missed()
        while await self._tell_some() == _AT_ONCE:
            pass

    async def _take_back_missed(self) -> None:
        async with transaction(self._sessions) as session:
            since = self._clock.now() - _NEWS
            for key in await elsewhere.missed(session, kind=_KEY, since=since):
                await self._billing.notice_missed(session, UUID(key.removeprefix(f"{_KEY}:")))

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
        key = f"{_KEY}:{notice.notice_id}"
        tried = await elsewhere.tried_in(session, key)
        conversation = None
        if (key_of_try := elsewhere.key_of_try(key, len(tried))) is not None:
            conversation = await reachable(
                session,
                phone=notice.phone,
                proved_in=notice.conversations,
                preferred=notice.channel,
                without=tried,
            )
        if conversation is not None:
            await self._write(session, conversation.id, notice, key_of_try)
            if tried:
                await elsewhere.said_elsewhere(session, key, now=now)
        metrics.notices.labels(notice.kind, "nowhere" if conversation is None else "told").inc()
        await self._billing.settle_notice(
            session,
            notice.notice_id,
            conversation_id=None if conversation is None else conversation.id,
            now=now,
        )

    async def _write(
        self, session: AsyncSession, conversation_id: UUID, notice: Notice, key: str | None
    ) -> None:
        now = self._clock.now()
        # A turn that runs now writes the same dialogue: one after the other.
        conversation = await ownership.lock(session, conversation_id)
        _speak(conversation, notice.language)
        told.remember(conversation, notice.kind, notice.values, now=now)
        await outbox.write(
            session,
            conversation,
            Draft(parts=[Part(_WORDS[notice.kind], notice.values)]),
            author=Author.NOTICE,
            key=key,
            now=now,
        )


def _speak(conversation: Conversation, language: str | None) -> None:
    """The customer's language on file, unless they have shown here which one they speak."""
    if language in _LANGUAGES and conversation.language_source in ("default", "hint"):
        conversation.language = language
        conversation.language_source = "profile"


_LANGUAGES = ("ro", "en")
_WORDS = {
    "invoice_issued": "utter_notice_invoice_issued",
    "invoice_covered": "utter_notice_invoice_covered",
    "due_soon": "utter_notice_due_soon",
    "payment_received": "utter_notice_payment_received",
    "payment_received_all": "utter_notice_payment_received_all",
    "extension_due": "utter_notice_extension_due",
    "instalment_due": "utter_notice_instalment_due",
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
