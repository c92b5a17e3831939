"""How do words in the outbox become a message in the customer's language, and reach them once?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.contract import Billing, DocumentRefused
from billing_backend.db import Sessions, patiently, single_statement, transaction
from billing_backend.errors import NotFound
from bot import metrics
from bot.channels.message import (
    Button,
    Channel,
    Delivered,
    DeliveryFailed,
    File,
    Outbound,
    Sender,
)
from bot.dispatch import dispatch
from bot.leases import kept
from bot.texts import Texts
from handoff.conversations import Conversation, OutboundMessage, Vault, buttons, outbox
from handoff.conversations.bell import WAKE_SENDERS, Bell

MAX_ATTEMPTS = 8
_AT_ONCE = 16
_WORDS_AGAIN_SECONDS = 2
_RENEW_SECONDS = outbox.CLAIM_SECONDS / 3
# The others get a link in the words.
_TAKE_FILES = frozenset({Channel.TELEGRAM})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wording:
    """What is needed to put outbox rows into words."""

    texts: Texts
    vault: Vault
    clock: Clock
    billing: Billing


class Sending:
    """Delivers the outbox of the channels that have a sender, each conversation in order."""

    def __init__(
        self,
        sessions: Sessions,
        bell: Bell,
        wording: Wording,
        senders: Mapping[Channel, Sender],
    ) -> None:
        self._sessions = sessions
        self._bell = bell
        self._wording = wording
        self._senders = senders

    async def run(self) -> None:
        """Deliver until cancelled; deliveries under way are finished first."""
        await dispatch(self._bell, WAKE_SENDERS, self._claim, self._deliver, at_once=_AT_ONCE)

    async def deliver_due(self, at_most: int = _AT_ONCE) -> int:
        """Deliver all that is due now, `at_most` being claimed at once, and answer how many: for
        tests and one-off jobs."""
        count = 0
        while claimed := await self._claim(at_most):
            for each in claimed:
                await self._deliver(each)
            count += len(claimed)
        return count

    async def _claim(self, at_most: int) -> list[outbox.Claimed]:
        async with single_statement(self._sessions) as session:
            return await outbox.claim_due(session, channels=list(self._senders), at_most=at_most)

    async def _deliver(self, claimed: outbox.Claimed) -> None:
        async with kept(lambda: self._renew(claimed), every=_RENEW_SECONDS):
            await self._see_off(claimed)

    async def _renew(self, claimed: outbox.Claimed) -> None:
        async with transaction(self._sessions) as session:
            await outbox.renew(session, claimed.id)

    async def _see_off(self, claimed: outbox.Claimed) -> None:
        try:
            message = await patiently(lambda: self._words(claimed))
        except Exception:
            # Nothing was sent: it is tried again, not given up as unknown.
            await patiently(lambda: self._words_again(claimed))
            raise
        if message is None:
            return
        channel = message.channel
        try:
            delivered = await self._senders[channel].send(message)
        except DeliveryFailed as failure:
            metrics.deliveries.labels(channel, failure.reason).inc()
            log.warning("not delivered", message_id=str(claimed.id), reason=failure.reason)
            await patiently(partial(self._not_delivered, claimed, failure))
            return
        metrics.deliveries.labels(channel, "sent").inc()
        await patiently(lambda: self._sent(claimed, delivered))

    async def _words(self, claimed: outbox.Claimed) -> Outbound | None:
        """The message as the customer gets it; None when it is not to be sent after all."""
        if claimed.text is not None and not claimed.overtaken:
            return _outbound(
                claimed, text=claimed.text, address=claimed.address, language=claimed.language
            )
        async with transaction(self._sessions) as session:
            if claimed.overtaken:
                await outbox.drop(session, claimed.id)
                return None
            message = await session.get_one(OutboundMessage, claimed.id)
            conversation = await session.get_one(Conversation, message.conversation_id)
            try:
                return await outbound(session, self._wording, conversation, message)
            except (LookupError, NotFound) as error:
                # A response, a value or a document is missing: seen at the desk as failed.
                log.error("words missing", message_id=str(claimed.id), missing=str(error))
                await outbox.failed(session, claimed.id, reason="words missing")
                return None

    async def _words_again(self, claimed: outbox.Claimed) -> None:
        async with transaction(self._sessions) as session:
            delay = timedelta(seconds=_WORDS_AGAIN_SECONDS)
            await outbox.retry(session, claimed.id, delay=delay, reason="not worded")

    async def _sent(self, claimed: outbox.Claimed, delivered: Delivered) -> None:
        async with single_statement(self._sessions) as session:
            await outbox.sent(
                session,
                claimed.id,
                provider_message_id=delivered.provider_message_id,
                now=self._wording.clock.now(),
            )

    async def _not_delivered(self, claimed: outbox.Claimed, failure: DeliveryFailed) -> None:
        async with transaction(self._sessions) as session:
            if failure.uncertain:
                await outbox.uncertain(session, claimed.id, reason=failure.reason)
            elif failure.permanent or claimed.attempts >= MAX_ATTEMPTS:
                await outbox.failed(session, claimed.id, reason=failure.reason)
            else:
                delay = timedelta(seconds=failure.retry_after or min(2**claimed.attempts, 60))
                await outbox.retry(session, claimed.id, delay=delay, reason=failure.reason)


async def outbound(
    session: AsyncSession, wording: Wording, conversation: Conversation, message: OutboundMessage
) -> Outbound:
    """The message as the customer will get it; what may be kept of it is kept on the row."""
    if message.text is None:
        shown = wording.texts.join(message.parts, conversation.language, message.channel)
        message.text = shown.text
        message.options = {**message.options, **shown.options}
        if shown.choices:
            message.buttons = await buttons.issue(
                session, conversation.id, message.id, shown.choices, now=wording.clock.now()
            )
        await session.flush()
    return _outbound(
        message,
        text=await _revealed(session, wording, conversation, message),
        address=conversation.address,
        language=conversation.language,
        file=await _file(session, wording, message),
    )


def _outbound(
    message: OutboundMessage | outbox.Claimed,
    *,
    text: str,
    address: str,
    language: str,
    file: File | None = None,
) -> Outbound:
    return Outbound(
        channel=Channel(message.channel),
        address=address,
        text=text,
        language=language,
        buttons=tuple(Button(**button) for button in message.buttons),
        ask_contact=bool(message.options.get("ask_contact")),
        hang_up=bool(message.options.get("hang_up")),
        file=file,
    )


async def _file(session: AsyncSession, wording: Wording, message: OutboundMessage) -> File | None:
    """The document that goes with the words, as it is at the moment of sending."""
    invoice_id = message.options.get("document")
    if invoice_id is None or message.channel not in _TAKE_FILES:
        return None
    document = await wording.billing.document(session, UUID(invoice_id))
    if isinstance(document, DocumentRefused):
        raise LookupError(f"document: {document.reason}")
    return File(document.filename, document.mime, document.content)


async def _revealed(
    session: AsyncSession, wording: Wording, conversation: Conversation, message: OutboundMessage
) -> str:
    """The text with secrets and links in place: never stored, only sent."""
    secrets = _references(message.parts, "secret")
    documents = _references(message.parts, "document")
    if not secrets and not documents:
        return message.text or ""
    found = {each: await wording.vault.resolve(session, UUID(each)) for each in secrets}
    found |= {each: await _link(session, wording, UUID(each)) for each in documents}
    known = {reference: secret for reference, secret in found.items() if secret is not None}
    return wording.texts.join(message.parts, conversation.language, message.channel, known).text


async def _link(session: AsyncSession, wording: Wording, invoice_id: UUID) -> str:
    link = await wording.billing.document_link(session, invoice_id, now=wording.clock.now())
    if isinstance(link, DocumentRefused):
        raise LookupError(f"document: {link.reason}")
    return link.url


def _references(value: Any, kind: str) -> list[str]:
    """Every reference of a kind ("secret": to the vault, "document") in the parts."""
    if isinstance(value, dict):
        if set(value) == {kind}:
            return [str(value[kind])]
        return [found for each in value.values() for found in _references(each, kind)]
    if isinstance(value, list):
        return [found for each in value for found in _references(each, kind)]
    return []
