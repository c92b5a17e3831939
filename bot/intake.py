"""How does a message come through the door: masked, stored once, and answered on the phone?"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.db import Sessions, patiently, transaction
from bot import incoming, keys, metrics, presses
from bot.channels.message import Channel, Inbound, Kind, Outbound, Receipt, Spoken, Use
from bot.outgoing import Expired, Wording, outbound
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Owner,
    Part,
    Report,
    Vault,
    buttons,
    inbox,
    outbox,
    receipts,
)
from handoff.conversations.bell import WAKE_SENDERS, Bell
from handoff.conversations.ownership import SLOW

# A ring can be lost: a caller on the line looks again at least this often.
_LOOK_AGAIN_SECONDS = 0.5
# Nobody types so fast: a script, or a phone gone mad. Calls have a pace of their own.
PER_MINUTE = 40
_WRITTEN = (Channel.TELEGRAM, Channel.SMS)
_MINUTE = timedelta(minutes=1)


class Intake:
    """The Door of bot/channels/message.py, on the conversation log."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        vault: Vault,
        bell: Bell,
        wording: Wording,
        *,
        per_minute: int = PER_MINUTE,
    ) -> None:
        """`per_minute`: how many messages of one conversation are answered in a minute."""
        self._sessions = sessions
        self._clock = clock
        self._vault = vault
        self._bell = bell
        self._wording = wording
        self._per_minute = per_minute

    async def accept(self, inbound: Inbound) -> Receipt:
        """Mask and store one message; a repeated delivery changes nothing."""
        return await patiently(lambda: self._accept(inbound))

    async def _accept(self, inbound: Inbound) -> Receipt:
        async with self._sessions() as session:
            receipt = await self._store(session, inbound)
            # Of a repeated delivery nothing stays: no conversation begun, no consent changed.
            await (session.rollback() if receipt.repeated else session.commit())
            return receipt

    async def _store(self, session: AsyncSession, inbound: Inbound) -> Receipt:
        now = self._clock.now()
        conversation = await incoming.conversation_of(session, inbound, now=now)
        incoming.follow_consent(conversation, inbound, now=now)
        conversation.line = inbound.line or conversation.line
        text, secret = incoming.masked(inbound, conversation.expects)
        button = await presses.button_of(session, conversation, inbound)
        data = incoming.data_of(inbound, awaited=conversation.expects if secret else None)
        if button is not None:
            data["shown"] = button.title
        stored = await inbox.receive(
            session,
            conversation,
            provider_message_id=inbound.provider_message_id,
            kind=inbound.kind,
            text=text,
            data=data,
            now=now,
        )
        pressed = None
        if not stored.repeated:
            if secret is not None:
                await self._vault.put(
                    session, conversation.id, secret, message_id=stored.message_id
                )
            pressed = await presses.use_up(session, conversation, inbound, button, now=now)
            in_vain = pressed is not None and pressed.use is not Use.COUNTS
            heeded = not in_vain and inbound.kind != Kind.RETURN
            await self._settle(session, conversation, stored.message_id, heeded=heeded)
        return Receipt(
            stored.conversation_id, stored.message_id, stored.repeated, stored.answer, pressed
        )

    async def _settle(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message_id: UUID,
        *,
        heeded: bool,
    ) -> None:
        """What means nothing gets no turn: whoever pressed in vain is told so where they pressed.
        Nor gets what comes too fast; its sender hears why."""
        now = self._clock.now()
        floods = await self._floods(session, conversation, now)
        if floods or not heeded:
            await inbox.set_aside(session, message_id, now=now)
        if floods:
            await self._tell_of_flood(session, conversation, now)

    async def _floods(
        self, session: AsyncSession, conversation: Conversation, now: datetime
    ) -> bool:
        if conversation.channel not in _WRITTEN:
            return False
        earlier = await inbox.came_at(session, conversation.id, before_last=self._per_minute)
        return earlier is not None and now - earlier < _MINUTE

    async def _tell_of_flood(
        self, session: AsyncSession, conversation: Conversation, now: datetime
    ) -> None:
        """Once a minute at most."""
        await outbox.write(
            session,
            conversation,
            Draft(parts=[Part("utter_too_many_messages")]),
            author=Author.NOTICE,
            key=f"too_many:{conversation.id}:{now:%Y%m%d%H%M}",
            now=now,
        )

    async def remember_answer(self, message_id: UUID, answer: str) -> None:
        await patiently(lambda: self._remember_answer(message_id, answer))

    async def _remember_answer(self, message_id: UUID, answer: str) -> None:
        async with transaction(self._sessions) as session:
            await inbox.remember_answer(session, message_id, answer)

    async def delivery_status(self, report: Report) -> None:
        await patiently(lambda: self._receipt(report))

    async def _receipt(self, report: Report) -> None:
        async with transaction(self._sessions) as session:
            state = await receipts.receipt(session, report, now=self._clock.now())
        if state is not None:
            metrics.receipts.labels(report.channel, state).inc()

    async def spoken(self, conversation_id: UUID, *, document: str, wait: float) -> Spoken:
        """Words due to a caller; waits until there are some or the turn ends without any."""
        deadline = time.monotonic() + wait
        with self._bell.ear(WAKE_SENDERS, str(conversation_id)) as ear:
            while True:
                spoken = await patiently(lambda: self._due(conversation_id, document))
                left = deadline - time.monotonic()
                if spoken.messages or not spoken.pending or left <= 0:
                    return spoken
                await ear.heard(within=min(left, _LOOK_AGAIN_SECONDS))

    async def _due(self, conversation_id: UUID, document: str) -> Spoken:
        async with transaction(self._sessions) as session:
            # Asked before the words are taken: a turn that ends in between is only asked again.
            pending = await inbox.waiting(session, conversation_id)
            messages = await self._said_in(session, conversation_id, document)
            messages += await self._take(session, conversation_id, document)
            conversation = await session.scalar(
                select(Conversation).where(Conversation.id == conversation_id)
            )
            assert conversation is not None
            connect = (
                conversation.dialogue.get("connect") if conversation.owner == Owner.AGENT else None
            )
            if connect:
                conversation.dialogue = {
                    key: value for key, value in conversation.dialogue.items() if key != "connect"
                }
            return Spoken(
                messages=messages,
                language=conversation.language,
                owner=conversation.owner,
                expects=conversation.expects,
                pending=pending,
                connect=connect,
                slow=bool(conversation.dialogue.get(SLOW)),
            )

    async def _said_in(
        self, session: AsyncSession, conversation_id: UUID, document: str
    ) -> tuple[Outbound, ...]:
        """What that document said already: it was lost on its way if it is asked for again. The
        bot's words are late by now if somebody else speaks."""
        conversation = await session.get_one(Conversation, conversation_id)
        return tuple(
            [
                await self._aloud(session, conversation, message)
                for message in await outbox.sent_as(session, conversation_id, document)
                if message.author != Author.BOT or message.epoch == conversation.epoch
            ]
        )

    async def _take(
        self, session: AsyncSession, conversation_id: UUID, document: str
    ) -> tuple[Outbound, ...]:
        """Every due message of the call, marked as sent: the answer to the webhook carries it."""
        taken: list[Outbound] = []
        while (
            message := await outbox.claim_next(
                session, channels=[Channel.VOICE], conversation_id=conversation_id
            )
        ) is not None:
            conversation = await session.get_one(Conversation, conversation_id)
            try:
                words = await self._aloud(session, conversation, message)
            except Expired:
                await outbox.failed(session, message.id, reason="expired")
                continue
            taken.append(words)
            await outbox.sent(
                session, message.id, provider_message_id=document, now=self._clock.now()
            )
        return tuple(taken)

    async def _aloud(
        self, session: AsyncSession, conversation: Conversation, message: OutboundMessage
    ) -> Outbound:
        """The message with the keys of its choices; kept without, so that it can be repeated."""
        worded = await outbound(session, self._wording, conversation, message)
        shown = await buttons.of_message(session, message.id)
        text = keys.with_keys(self._wording.texts, worded.text, shown, worded.language)
        return replace(worded, text=text)
