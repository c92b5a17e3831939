"""Which messages should the assistant learn from, once a turn has had its answer?

Those that it did not understand, those whose turn failed, and those whose answer made the customer
ask for a person. They go on the agents' review list as they may be published (bot/examples.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Billing
from billing_backend.errors import BillingError
from bot import metrics
from bot.actions.misunderstood import was_misunderstood
from bot.actions.open_dispute import LINE, REASON
from bot.actions.request_payment_plan import PARTS
from bot.channels.message import Kind
from bot.dialogue import Guess, Question
from bot.examples import example_of
from handoff import reviews
from handoff.conversations import Conversation, InboundMessage, Owner
from handoff.queue import Reason, open_case
from handoff.reviews import Why

NOT_UNDERSTOOD = frozenset({"out_of_scope", "nlu_fallback"})
# Whatever is said to these questions is an answer, whatever else it might mean.
_ANYTHING_ANSWERS = frozenset({"leaving_reason", "pin", LINE, REASON, PARTS})
_ASKS_FOR_A_PERSON = frozenset({"talk_to_human", "request_callback"})
# Said before asking for a person, these had no answer that could have been wrong.
_SMALL_WORDS = _ASKS_FOR_A_PERSON | {
    "affirm",
    "ask_capabilities",
    "bot_challenge",
    "change_language",
    "deny",
    "file_complaint",
    "goodbye",
    "greet",
    "inform",
    "never_mind",
    "repeat",
    "thank",
}
# Whoever asks for a person later than this asks because of something else.
_RIGHT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn came to: what Rasa was asked, what it took it for, how and when it ended."""

    question: Question
    understood: tuple[Guess, ...]
    failed: bool
    at: datetime

    @property
    def is_words(self) -> bool:
        """Commands are made by us, and tried by people who know that they are no words."""
        return not self.question.text.startswith(("/", "\u2215"))

    @property
    def intent(self) -> str | None:
        """What was acted on; of a button or a key, too."""
        if self.understood:
            return self.understood[0].intent
        return None if self.is_words else self.question.text[1:].partition("{")[0]


async def note(
    session: AsyncSession,
    billing: Billing,
    conversation: Conversation,
    message: InboundMessage,
    turn: Turn,
) -> None:
    """Keep what the message was taken for, and list what is to be learned; in the transaction
    that ends the turn, so that a message is listed once."""
    why = _learned_from(conversation, message, turn) if turn.is_words else None
    because = await _brought_a_person(session, conversation, turn)
    if because is Reason.MISUNDERSTOOD and why is not None:
        why = Why.LED_TO_PERSON
    listed = [] if why is None else [(message, why)]
    if because is not None and (before := await _wrongly_answered(session, message, because)):
        listed.append((before, Why.LED_TO_PERSON))
    if not listed:
        return
    names = await _names(session, billing, conversation, turn)
    for each, reason in listed:
        text = example_of(_words(each), names)
        await reviews.keep(session, conversation, each, why=reason, text=text)


def _learned_from(conversation: Conversation, message: InboundMessage, turn: Turn) -> Why | None:
    """Keep and count what the words were taken for; why they are to be learned, if they are."""
    message.asked = turn.question.expects
    message.understood = [
        {"intent": guess.intent, "confidence": round(guess.confidence, 4)}
        for guess in turn.understood
    ]
    lost = _was_lost(conversation, message, turn)
    if turn.understood:
        understood = "no" if lost else "yes"
        metrics.understood.labels(message.channel, conversation.language, understood).inc()
    return Why.FAILED if turn.failed else Why.NOT_UNDERSTOOD if lost else None


def _was_lost(conversation: Conversation, message: InboundMessage, turn: Turn) -> bool:
    """Whether the customer's words were not understood."""
    refused = turn.intent in NOT_UNDERSTOOD and turn.question.expects not in _ANYTHING_ANSWERS
    return refused or was_misunderstood(conversation, message)


async def _brought_a_person(
    session: AsyncSession, conversation: Conversation, turn: Turn
) -> Reason | None:
    """Why this turn ended with a person, if that may be our fault: misunderstood, or asked for."""
    if conversation.owner != Owner.QUEUE or turn.failed:
        return None
    case = await open_case(session, conversation.id)
    if case is None:
        return None
    asked = case.reason == Reason.ASKED and turn.intent in _ASKS_FOR_A_PERSON
    return Reason(case.reason) if asked or case.reason == Reason.MISUNDERSTOOD else None


async def _wrongly_answered(
    session: AsyncSession, message: InboundMessage, because: Reason
) -> InboundMessage | None:
    """The message before this one, if its answer may have been what made a person necessary."""
    before = await reviews.message_before(session, message)
    if before is None or not before.understood:
        return None
    if because is Reason.MISUNDERSTOOD:
        return before  # the first of two in a row
    right_after = message.received_at - before.received_at <= _RIGHT_AFTER
    small = before.understood[0]["intent"] in _SMALL_WORDS or before.asked in _ANYTHING_ANSWERS
    return before if right_after and not small else None


async def _names(
    session: AsyncSession, billing: Billing, conversation: Conversation, turn: Turn
) -> tuple[str, ...]:
    """The customer's own names, as far as it is known who it is."""
    try:
        known = await billing.identification(session, conversation.id, now=turn.at)
        if known.customer_id is None:
            return ()
        customer = await billing.customer(session, known.customer_id, today=turn.question.today)
    except BillingError:
        return ()  # erased, or their billing does not answer: then by the words alone
    return (customer.name,)


def _words(message: InboundMessage) -> str:
    caption: str = message.data.get("caption", "")
    return caption if message.kind == Kind.MEDIA else message.text
