"""How does a message come through the door: masked, stored once, and answered on the phone?"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.db import Sessions, transaction
from bot import masking
from bot.channels.message import (
    Channel,
    Inbound,
    Kind,
    Outbound,
    Pressed,
    Receipt,
    Spoken,
    Use,
)
from bot.outgoing import Wording, outbound
from handoff.conversations import Conversation, Owner, Stored, Vault, buttons, inbox, outbox
from handoff.conversations.bell import WAKE_SENDERS, Bell
from handoff.conversations.models import ButtonToken

# A ring can be lost: a caller on the line looks again at least this often.
_LOOK_AGAIN_SECONDS = 0.5
_SPOKEN_KINDS = (Kind.TEXT, Kind.SPEECH, Kind.KEYS)


class Intake:
    """The Door of bot/channels/message.py, on the conversation log."""

    def __init__(
        self, sessions: Sessions, clock: Clock, vault: Vault, bell: Bell, wording: Wording
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._vault = vault
        self._bell = bell
        self._wording = wording

    async def accept(self, inbound: Inbound) -> Receipt:
        """Mask and store one message; a repeated delivery changes nothing."""
        async with transaction(self._sessions) as session:
            return await self._store(session, inbound)

    async def _store(self, session: AsyncSession, inbound: Inbound) -> Receipt:
        now = self._clock.now()
        conversation = await _conversation(session, inbound, now)
        _follow_consent(conversation, inbound, now)
        text, secret = _masked(inbound, conversation.expects)
        button = await _button(session, conversation, inbound)
        data = _data(inbound, awaited=conversation.expects if secret else None)
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
            pressed = await _settle(session, conversation, stored, inbound, button, now)
            if secret is not None:
                await self._vault.put(
                    session, conversation.id, secret, message_id=stored.message_id
                )
        return Receipt(
            stored.conversation_id, stored.message_id, stored.repeated, stored.answer, pressed
        )

    async def remember_answer(self, message_id: UUID, answer: str) -> None:
        async with transaction(self._sessions) as session:
            await inbox.remember_answer(session, message_id, answer)

    async def delivery_status(
        self, channel: Channel, provider_message_id: str, status: str
    ) -> None:
        async with transaction(self._sessions) as session:
            await outbox.receipt(
                session, channel=channel, provider_message_id=provider_message_id, status=status
            )

    async def spoken(self, conversation_id: UUID, *, wait: float) -> Spoken:
        """Words due to a caller; waits until there are some or the turn ends without any."""
        deadline = time.monotonic() + wait
        with self._bell.ear(WAKE_SENDERS, str(conversation_id)) as ear:
            while True:
                spoken = await self._due(conversation_id)
                left = deadline - time.monotonic()
                if spoken.messages or not spoken.pending or left <= 0:
                    return spoken
                await ear.heard(within=min(left, _LOOK_AGAIN_SECONDS))

    async def _due(self, conversation_id: UUID) -> Spoken:
        async with transaction(self._sessions) as session:
            # Asked before the words are taken: a turn that ends in between is only asked again.
            pending = await inbox.waiting(session, conversation_id)
            messages = await self._take(session, conversation_id)
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
            )

    async def _take(self, session: AsyncSession, conversation_id: UUID) -> tuple[Outbound, ...]:
        """Every due message of the call, marked as sent: the answer to the webhook carries it."""
        taken: list[Outbound] = []
        while (
            message := await outbox.claim_next(
                session, channels=[Channel.VOICE], conversation_id=conversation_id
            )
        ) is not None:
            conversation = await session.get_one(Conversation, conversation_id)
            taken.append(await outbound(session, self._wording, conversation, message))
            await outbox.sent(session, message.id, provider_message_id=None, now=self._clock.now())
        return tuple(taken)


async def _conversation(session: AsyncSession, inbound: Inbound, now: datetime) -> Conversation:
    if inbound.kind == Kind.RETURN:
        again = await inbox.reopen(
            session, channel=inbound.channel, address=inbound.address, now=now
        )
        if again is not None:
            return again
    return await inbox.open_conversation(
        session,
        channel=inbound.channel,
        address=inbound.address,
        sender=inbound.sender,
        phone=inbound.phone,
        language_hint=inbound.language_hint,
        now=now,
    )


def _data(inbound: Inbound, *, awaited: str | None) -> dict[str, Any]:
    """The rest of what the provider told, by name, as far as it may be kept."""
    told = {
        "caption": masking.mask(inbound.caption) or None,
        "contact_phone": inbound.contact_phone,
        "contact_is_own": inbound.contact_is_own or None,
        "confidence": inbound.confidence,
        "secret": awaited,
        "media": asdict(inbound.media) if inbound.media else None,
        "place": inbound.place,
        "edits": inbound.edits,
        "start": inbound.start or None,
    }
    return {name: value for name, value in told.items() if value is not None}


async def _button(
    session: AsyncSession, conversation: Conversation, inbound: Inbound
) -> ButtonToken | None:
    if inbound.kind != Kind.BUTTON:
        return None
    return await buttons.pressed(session, conversation.id, inbound.text)


async def _settle(
    session: AsyncSession,
    conversation: Conversation,
    stored: Stored,
    inbound: Inbound,
    button: ButtonToken | None,
    now: datetime,
) -> Pressed | None:
    """Uses up a pressed button. What means nothing gets no turn: whoever pressed in vain is told
    so where they pressed."""
    use = None
    if inbound.kind == Kind.BUTTON:
        use = Use.UNKNOWN
        if button is not None:
            counts = await buttons.use_up(session, button, now=now)
            use = Use.COUNTS if counts else Use.USED
    if inbound.kind == Kind.RETURN or use in (Use.USED, Use.UNKNOWN):
        await inbox.ignore(session, stored.message_id, now=now)
    if use is None:
        return None
    return Pressed(use, conversation.language, button.title if button else "")


def _follow_consent(conversation: Conversation, inbound: Inbound, now: datetime) -> None:
    """STOP ends notices at this address, START (or beginning anew) brings them back. What the
    customer asks is answered all the same."""
    if inbound.kind == Kind.COMMAND and inbound.text == "stop":
        conversation.opted_out_at = conversation.opted_out_at or now
    elif inbound.kind == Kind.BEGIN or (inbound.kind == Kind.COMMAND and inbound.text == "start"):
        conversation.opted_out_at = None


def _masked(inbound: Inbound, expects: str | None) -> tuple[str, str | None]:
    """The words without what may never be stored, and the awaited secret if they held it."""
    if inbound.kind in _SPOKEN_KINDS and expects in ("code", "pin"):
        return masking.take_secret(inbound.text, expects)
    return masking.mask(inbound.text), None
