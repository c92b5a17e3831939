"""How does the phone line reach agents' phones and customers who are called back?

The Switchboard of bot/channels/voice/switchboard.py, on the queue and the desk.
"""

from __future__ import annotations

from uuid import UUID

from billing_backend.clock import Clock
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction
from bot.channels.message import Channel
from bot.channels.voice.switchboard import CalledBack, Ending, Sentence
from handoff.conversations import inbox
from handoff.desk import Word
from handoff.desk import phone as agents
from handoff.queue import announce_change, callbacks
from handoff.queue.models import CallbackState


class HouseSwitchboard:
    def __init__(
        self, sessions: Sessions, clock: Clock, billing: Billing, word: Word, *, zone: str
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._billing = billing
        self._word = word
        self._zone = zone

    async def news(self, conversation_id: UUID) -> None:
        async with transaction(self._sessions) as session:
            await announce_change(session, conversation_id, now=self._clock.now())

    # --- agents' phones ---

    async def whisper(self, call_sid: str) -> Sentence | None:
        async with transaction(self._sessions) as session:
            conversation = await inbox.open_at(session, Channel.VOICE, call_sid)
            if conversation is None:
                return None
            said = await agents.whisper(
                session,
                conversation.id,
                billing=self._billing,
                word=self._word,
                zone=self._zone,
                now=self._clock.now(),
            )
            return None if said is None else Sentence(said.text, said.language)

    async def take(self, call_sid: str) -> bool:
        async with transaction(self._sessions) as session:
            conversation = await inbox.open_at(session, Channel.VOICE, call_sid)
            return conversation is not None and await agents.take_by_phone(session, conversation.id)

    async def put_down(self, conversation_id: UUID) -> None:
        async with transaction(self._sessions) as session:
            await agents.phone_call_over(session, conversation_id, now=self._clock.now())

    # --- calls back ---

    async def called_back(self, attempt: UUID) -> CalledBack | None:
        async with transaction(self._sessions) as session:
            found = await callbacks.called(session, attempt)
            return None if found is None else CalledBack(found.language, found.wanted)

    async def accept(self, attempt: UUID, *, call_sid: str, phone: str | None) -> bool:
        now = self._clock.now()
        async with transaction(self._sessions) as session:
            found = await callbacks.called(session, attempt)
            if found is None or not found.wanted:
                # The same key told twice: they wait already.
                return await inbox.open_at(session, Channel.VOICE, call_sid) is not None
            conversation = await inbox.open_conversation(
                session,
                channel=Channel.VOICE,
                address=call_sid,
                sender=phone or f"withheld:{call_sid}",
                phone=phone,
                language_hint=found.language,
                now=now,
            )
            return await callbacks.accepted(session, attempt, conversation, now=now)

    async def ended(self, attempt: UUID, ending: Ending) -> bool:
        async with transaction(self._sessions) as session:
            state = CallbackState(ending.value)
            ended = await callbacks.ended(session, attempt, state, now=self._clock.now())
            return ended == CallbackState.ACCEPTED
