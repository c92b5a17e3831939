"""How do words in the outbox become a message in the customer's language, and reach them once?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
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
from bot.retrying import Again, Never, decide
from bot.texts import Texts
from handoff.conversations import (
    Conversation,
    OutboundMessage,
    Vault,
    buttons,
    outbox,
    pacing,
    reach,
)
from handoff.conversations.bell import WAKE_DESK, WAKE_SENDERS, Bell, ring
from handoff.conversations.pacing import Lane

# For each channel: one whose provider hangs takes no sender from the others.
_AT_ONCE = 16
_WORDS_AGAIN_SECONDS = 2
_SOONEST_SECONDS = 0.01
_RENEW_SECONDS = outbox.CLAIM_SECONDS / 3
# The others get a link in the words.
_TAKE_FILES = frozenset({Channel.TELEGRAM})
log = structlog.get_logger(__name__)


class Expired(Exception):
    """What the message was to tell is valid no more: a code whose minutes are over."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is needed to put outbox rows into words."""

    texts: Texts
    vault: Vault
    clock: Clock
    billing: Billing


class Sending:
    """Delivers the outbox of the channels that have a sender, each conversation in order.

    `lanes` give the pace of a channel, or of each of our numbers on it; a channel without one
    has no limit.
    """

    def __init__(
        self,
        sessions: Sessions,
        bell: Bell,
        wording: Wording,
        senders: Mapping[Channel, Sender],
        lanes: Sequence[Lane] = (),
    ) -> None:
        self._sessions = sessions
        self._bell = bell
        self._wording = wording
        self._senders = senders
        self._lanes = {
            channel: tuple(lane for lane in lanes if lane.channel == channel) or (Lane(channel),)
            for channel in senders
        }

    async def run(self) -> None:
        """Deliver until cancelled; deliveries under way are finished first."""
        async with single_statement(self._sessions) as session:
            await pacing.open_lanes(
                session, [one for lanes in self._lanes.values() for one in lanes]
            )
        async with asyncio.TaskGroup() as channels:
            for lanes in self._lanes.values():
                channels.create_task(self._run(lanes))

    async def deliver_due(self, at_most: int = _AT_ONCE) -> int:
        """Deliver all that is due now, `at_most` being claimed at once, and answer how many: for
        tests and one-off jobs."""
        count = 0
        for lanes in self._lanes.values():
            while claimed := await self._claim(lanes, at_most):
                for each in claimed:
                    await self._deliver(each)
                count += len(claimed)
        return count

    async def _run(self, lanes: Sequence[Lane]) -> None:
        async def claim(at_most: int) -> list[Ready]:
            return await self._claim(lanes, at_most)

        async def idle() -> float | None:
            return await self._idle(lanes)

        await dispatch(self._bell, WAKE_SENDERS, claim, self._deliver, at_once=_AT_ONCE, idle=idle)

    async def _claim(self, lanes: Sequence[Lane], at_most: int) -> list[Ready]:
        ready: list[Ready] = []
        async with single_statement(self._sessions) as session:
            for lane in lanes:
                left = at_most - len(ready)
                found = await pacing.claim(session, lane, at_most=left) if left else ()
                ready += [Ready(lane, message) for message in found]
        return ready

    async def _idle(self, lanes: Sequence[Lane]) -> float | None:
        """In how many seconds a message that waits for its pace may go."""
        async with single_statement(self._sessions) as session:
            waits = [await pacing.free_in(session, lane) for lane in lanes]
        return min(
            (max(each, _SOONEST_SECONDS) for each in waits if each is not None), default=None
        )

    async def _deliver(self, ready: Ready) -> None:
        async with kept(lambda: self._renew(ready.message), every=_RENEW_SECONDS):
            await self._see_off(ready)

    async def _renew(self, claimed: outbox.Claimed) -> None:
        async with transaction(self._sessions) as session:
            await outbox.renew(session, claimed.id)

    async def _see_off(self, ready: Ready) -> None:
        claimed = ready.message
        try:
            message = await patiently(lambda: self._words(claimed))
        except Exception:
            # Nothing was sent: it is tried again, not given up as unknown.
            await patiently(lambda: self._words_again(claimed))
            raise
        if message is None:
            return
        try:
            delivered = await self._senders[message.channel].send(message)
        except DeliveryFailed as failure:
            metrics.deliveries.labels(message.channel, failure.reason).inc()
            log.warning("not delivered", message_id=str(claimed.id), reason=failure.reason)
            await patiently(partial(self._not_delivered, ready, failure))
            return
        metrics.deliveries.labels(message.channel, "sent").inc()
        metrics.segments.labels(message.channel).inc(delivered.segments or 0)
        await patiently(lambda: self._sent(ready, delivered))

    async def _words(self, claimed: outbox.Claimed) -> Outbound | None:
        """The message as the customer gets it; None when it is not to be sent after all."""
        if claimed.text is not None and not claimed.overtaken:
            return _outbound(claimed, claimed, text=claimed.text)
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
                await self._fail(session, claimed, "words missing")
                return None
            except Expired:
                await self._fail(session, claimed, "expired")
                return None

    async def _words_again(self, claimed: outbox.Claimed) -> None:
        async with transaction(self._sessions) as session:
            delay = timedelta(seconds=_WORDS_AGAIN_SECONDS)
            await outbox.retry(session, claimed.id, delay=delay, reason="not worded")

    async def _sent(self, ready: Ready, delivered: Delivered) -> None:
        segments = delivered.segments or 1
        async with single_statement(self._sessions) as session:
            await outbox.sent(
                session,
                ready.message.id,
                provider_message_id=delivered.provider_message_id,
                segments=delivered.segments,
                now=self._wording.clock.now(),
            )
            await pacing.spend(session, ready.lane, segments - 1)

    async def _not_delivered(self, ready: Ready, failure: DeliveryFailed) -> None:
        claimed = ready.message
        async with transaction(self._sessions) as session:
            match decide(failure, claimed.attempts):
                case Again(after, slows):
                    if slows:
                        await pacing.pause(
                            session,
                            ready.lane,
                            claimed.address,
                            seconds=after.total_seconds(),
                            everywhere=failure.everywhere,
                        )
                    await outbox.retry(session, claimed.id, delay=after, reason=failure.reason)
                case Never(unknown=True):
                    await outbox.uncertain(session, claimed.id, reason=failure.reason)
                    await ring(session, WAKE_DESK, str(claimed.conversation_id))
                case Never():
                    await self._fail(session, claimed, failure.reason)

    async def _fail(self, session: AsyncSession, claimed: outbox.Claimed, reason: str) -> None:
        """Never again; the desk sees it at once, and notices choose another channel."""
        await outbox.failed(session, claimed.id, reason=reason)
        now = self._wording.clock.now()
        await reach.close_address(session, claimed.conversation_id, reason, now=now)
        await ring(session, WAKE_DESK, str(claimed.conversation_id))


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may leave now, and the way out that it takes."""

    lane: Lane
    message: outbox.Claimed


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
        conversation,
        text=await _revealed(session, wording, conversation, message),
        file=await _file(session, wording, message),
    )


def _outbound(
    message: OutboundMessage | outbox.Claimed,
    conversation: Conversation | outbox.Claimed,
    *,
    text: str,
    file: File | None = None,
) -> Outbound:
    return Outbound(
        id=message.id,
        channel=Channel(message.channel),
        address=conversation.address,
        line=conversation.line,
        text=text,
        language=conversation.language,
        buttons=tuple(Button(**button) for button in message.buttons),
        ask_contact=bool(message.options.get("ask_contact")),
        hang_up=bool(message.options.get("hang_up")),
        must_hear=bool(message.options.get("must_hear")),
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
    known = {each: await _secret(session, wording, UUID(each)) for each in secrets}
    known |= {each: await _link(session, wording, UUID(each)) for each in documents}
    return wording.texts.join(message.parts, conversation.language, message.channel, known).text


async def _secret(session: AsyncSession, wording: Wording, reference: UUID) -> str:
    secret = await wording.vault.resolve(session, reference)
    if secret is None:
        raise Expired
    return secret


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
