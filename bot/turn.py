"""How does one customer message get its replies, once, from whoever may speak?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock, business_date
from billing_backend.contract import Billing
from billing_backend.db import Sessions, patiently, single_statement, transaction
from bot import attachments, keywords, language, learning, metrics, told, tracker
from bot.actions import replay
from bot.busy import Typing, busy
from bot.channels.message import Channel, Kind
from bot.dialogue import Answer, BadAnswer, Dialogue, NoAnswer, Question
from bot.dispatch import dispatch
from bot.distress import sign_of
from bot.hearing import Hearing
from bot.leases import kept
from bot.payload import NOTHING_SAID, chosen, payload
from bot.texts import merge
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    Owner,
    Part,
    inbox,
    outbox,
)
from handoff.conversations.bell import WAKE_DESK, WAKE_TURNS, Bell, ring
from handoff.queue import customer_left, handle_waiting_words, request_person

AT_ONCE = 16
# How long a customer waits for somebody else when the process that had their turn is gone. A turn
# that is still running renews its lease and is never taken over.
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 5.0
RASA_TIMEOUT_SECONDS = 30.0
# How long a turn waits before Rasa is asked again, and how often, before a person is called: Rasa
# is back about 10 s after it was killed, on a machine at its limits after 50. Two minutes of
# patience keep a restart from sending every customer to the queue.
RETRY = timedelta(seconds=2)
MAX_ATTEMPTS = 60
# A Rasa session grows with every turn and so does its cost, by a third of a millisecond a turn.
TURNS_PER_SESSION = 10

_WORDS = (Kind.TEXT, Kind.SPEECH)
_ON_SIGN = {"distress": "utter_distress", "legal_threat": "utter_legal_threat"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a turn begins with: the question for Rasa and the epoch it speaks in."""

    question: Question
    epoch: int
    attempts: int
    renew_session: bool
    address: str


class Turns:
    """Takes waiting messages, conversation by conversation, and sees each through."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        zone: str,
        bell: Bell,
        dialogue: Dialogue,
        billing: Billing,
        company: str = "",
        hearing: Hearing | None = None,
        typing: Mapping[Channel, Typing] = MappingProxyType({}),
    ) -> None:
        """`typing` shows that an answer is on its way, on the channels that can."""
        self._sessions = sessions
        self._clock = clock
        self._zone = zone
        self._bell = bell
        self._dialogue = dialogue
        self._billing = billing
        self._company = company
        self._hearing = hearing or Hearing()
        self._typing = typing

    async def run(self) -> None:
        """Handle messages until cancelled; turns under way are finished first."""
        await dispatch(self._bell, WAKE_TURNS, self._claim, self._handle, at_once=AT_ONCE)

    async def run_due(self) -> int:
        """Handle all that is waiting now and answer how many turns that took."""
        count = 0
        while claims := await self._claim(1):
            await self._handle(claims[0])
            count += 1
        return count

    async def _claim(self, at_most: int) -> list[inbox.Claim]:
        async with single_statement(self._sessions) as session:
            return await inbox.claim_turns(session, lease=LEASE, at_most=at_most)

    async def _handle(self, claim: inbox.Claim) -> None:
        async with kept(lambda: self._renew(claim), every=RENEW_SECONDS):
            await self._see_through(claim)

    async def _renew(self, claim: inbox.Claim) -> None:
        async with transaction(self._sessions) as session:
            await inbox.renew(session, claim, lease=LEASE)

    async def _see_through(self, claim: inbox.Claim) -> None:
        began = time.perf_counter()
        opening = await patiently(lambda: self._open(claim))
        if opening is None:
            return
        try:
            async with busy(self._typing.get(Channel(opening.question.channel)), opening.address):
                answer = await self._answer(opening)
        except NoAnswer as error:
            log.warning("no answer from Rasa", message_id=str(claim.message_id), reason=str(error))
            await self._try_again(claim, opening)
            return
        except BadAnswer as error:
            log.error("a failed turn", message_id=str(claim.message_id), reason=str(error))
            answer = Answer([])
        await patiently(lambda: self._close(claim, opening, answer))
        channel = opening.question.channel
        metrics.turn_seconds.labels(channel).observe(time.perf_counter() - began)

    # --- before Rasa ---

    async def _open(self, claim: inbox.Claim) -> Opening | None:
        """Whose turn is it to answer? Only the bot's messages go on to Rasa."""
        async with transaction(self._sessions) as session:
            conversation = await inbox.holds(session, claim)
            message = await session.get_one(InboundMessage, claim.message_id)
            if conversation is None or message.handled_at is not None:
                await inbox.release(session, claim)
                return None
            noise = self._hearing.is_noise(message)
            met = _as_first_met(conversation, message, noise=noise)
            command = (
                NOTHING_SAID
                if noise
                else await chosen(session, conversation, message, met["expects"])
            )
            outcome = await self._without_the_bot(session, conversation, message, command)
            if outcome is not None:
                await self._finish(session, claim, message.channel, outcome)
                return None
            return Opening(
                question=Question(
                    conversation_id=conversation.id,
                    message_id=message.id,
                    text=command
                    or told.answer(met, message, now=self._clock.now())
                    or payload(message, met["expects"]),
                    channel=conversation.channel,
                    language=met["language"],
                    expects=met["expects"],
                    today=business_date(self._clock.now(), self._zone),
                ),
                epoch=conversation.epoch,
                attempts=message.attempts,
                renew_session=await self._session_is_long(session, conversation),
                address=conversation.address,
            )

    async def _without_the_bot(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: InboundMessage,
        command: str | None,
    ) -> str | None:
        """The outcome of a message that Rasa never sees; None when the bot is to answer."""
        now = self._clock.now()
        if message.kind == Kind.HANGUP:
            await customer_left(session, conversation.id, now=now)
            conversation.closed_at = now
            await outbox.line_is_dead(session, conversation.id)
            await ring(session, WAKE_DESK, str(conversation.id))
            return "ignored"
        if keywords.is_one(message):
            await keywords.answer(session, conversation, message, company=self._company, now=now)
            await ring(session, WAKE_DESK, str(conversation.id))
            return "keyword"
        if conversation.owner == Owner.BOT:
            if "edits" in message.data and await inbox.edited_before(session, message):
                return "ignored"  # told once that changed words are not followed
            return await self._needs_a_person_at_once(session, conversation, message)
        await ring(session, WAKE_DESK, str(conversation.id))
        if replay.before(conversation.dialogue, message.id) is not None:
            # It is the very message for which the bot brought a person: no choice of the menu.
            return "handed_over"
        if conversation.owner == Owner.QUEUE and await handle_waiting_words(
            session, conversation, message, payload=command, now=now
        ):
            return "menu"
        return "to_desk"

    async def _needs_a_person_at_once(
        self, session: AsyncSession, conversation: Conversation, message: InboundMessage
    ) -> str | None:
        sign = sign_of(message.text) if message.kind in _WORDS else None
        if sign is None:
            return None
        await self._bring_a_person(session, conversation, sign, {}, say=_ON_SIGN[sign])
        return "handed_over"

    async def _session_is_long(self, session: AsyncSession, conversation: Conversation) -> bool:
        conversation.turns_in_session += 1
        if conversation.turns_in_session <= TURNS_PER_SESSION:
            return False
        if await tracker.form_open(session, conversation.id):
            return False
        conversation.turns_in_session = 1
        return True

    # --- Rasa ---

    async def _answer(self, opening: Opening) -> Answer:
        question = opening.question
        if opening.attempts > 1:
            # The last attempt may have been answered and its answer lost.
            given = await patiently(lambda: self._answered_before(question))
            if given is not None:
                return given
        if opening.renew_session:
            await self._dialogue.open_session(question.conversation_id)
        return await self._dialogue.ask(question)

    async def _answered_before(self, question: Question) -> Answer | None:
        async with transaction(self._sessions) as session:
            return await tracker.answered(session, question.conversation_id, question.message_id)

    async def _try_again(self, claim: inbox.Claim, opening: Opening) -> None:
        if opening.attempts >= MAX_ATTEMPTS:
            await patiently(lambda: self._close(claim, opening, Answer([])))
        else:
            await patiently(lambda: self._postpone(claim))

    async def _postpone(self, claim: inbox.Claim) -> None:
        async with transaction(self._sessions) as session:
            if await inbox.holds(session, claim) is not None:
                await inbox.postpone_turn(session, claim, delay=RETRY)

    # --- after Rasa ---

    async def _close(self, claim: inbox.Claim, opening: Opening, answer: Answer) -> None:
        """The replies and "handled" in one transaction, if the turn is still ours."""
        async with transaction(self._sessions) as session:
            conversation = await inbox.holds(session, claim)
            if conversation is None:
                return
            message = await session.get_one(
                InboundMessage, claim.message_id, populate_existing=True
            )
            handed_over = conversation.epoch != opening.epoch
            said = [reply for reply in answer.replies if reply.text or reply.choices]
            failed = message.failure is not None or (not said and not handed_over)
            turn = learning.Turn(opening.question, answer.understood, failed, self._clock.now())
            await learning.note(session, self._billing, conversation, message, turn)
            if failed:
                await self._apologise(session, conversation, message)
                await self._finish(session, claim, message.channel, "failed")
                return
            if said:
                words = merge(said, conversation.channel)
                await outbox.write(
                    session,
                    conversation,
                    Draft(
                        text=words.text,
                        choices=words.choices,
                        ask_contact=bool(words.options.get("ask_contact")),
                        hang_up=bool(words.options.get("hang_up")),
                        must_hear=bool(words.options.get("must_hear")),
                        aside=all(reply.options.get("aside") for reply in said),
                    ),
                    author=Author.BOT,
                    epoch=opening.epoch,
                    in_reply_to=message.id,
                    now=self._clock.now(),
                )
                await attachments.write(
                    session, conversation, message, epoch=opening.epoch, now=self._clock.now()
                )
            await self._finish(session, claim, message.channel, "answered")

    async def _apologise(
        self, session: AsyncSession, conversation: Conversation, message: InboundMessage
    ) -> None:
        """A turn that failed ends in a sentence and a person, never in silence."""
        if conversation.owner != Owner.BOT:
            return  # the customer has somebody already
        failure = {"failure": message.failure or "no answer"}
        await self._bring_a_person(
            session, conversation, "turn_failed", failure, say="utter_trouble"
        )

    async def _bring_a_person(
        self,
        session: AsyncSession,
        conversation: Conversation,
        reason: str,
        detail: dict[str, Any],
        *,
        say: str,
    ) -> None:
        now = self._clock.now()
        known = await self._billing.identification(session, conversation.id, now=now)
        await request_person(
            session,
            conversation.id,
            reason=reason,
            detail=detail,
            customer_id=known.customer_id,
            before=[Part(say)],
            now=now,
        )

    async def _finish(
        self, session: AsyncSession, claim: inbox.Claim, channel: str, outcome: str
    ) -> None:
        metrics.turns.labels(channel, outcome).inc()
        await inbox.finish_turn(session, claim, outcome=outcome, now=self._clock.now())


def _as_first_met(
    conversation: Conversation, message: InboundMessage, *, noise: bool
) -> dict[str, Any]:
    """What the bot waits for and in which language, and what was told last. When the turn runs
    again after an action has done its work: as it was before, so that the message is understood
    as the first time."""
    before = replay.before(conversation.dialogue, message.id)
    if before is not None:
        return before
    if message.kind in _WORDS and not noise:
        language.follow_words(conversation, message, heard=message.kind == Kind.SPEECH)
    return replay.met(conversation)
