"""What may a customer do while waiting for a person: keep waiting, be called back, cancel?

A caller can also go on in writing, or with the assistant, and keeps the place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    Owner,
    Part,
    open_conversation,
    write,
)
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import to_bot
from handoff.queue import repository, rules
from handoff.queue.models import Case, State
from handoff.queue.service import (
    move_case,
    remember_announced,
    status_part,
    update_part,
    waiting_of,
)

# Payloads of the buttons in data/responses/queue.yml.
WAIT, CALLBACK, CANCEL = "/queue_wait", "/queue_callback", "/queue_cancel"
ASSISTANT, WRITING = "/queue_assistant", "/queue_writing"
# What a customer does without saying anything that an agent should read.
_WORDLESS = frozenset({"silence", "hangup"})


async def handle_waiting_words(
    session: AsyncSession,
    conversation: Conversation,
    inbound: InboundMessage,
    *,
    payload: str | None,
    now: datetime,
) -> bool:
    """Answer the menu of a customer who waits; call with the conversation locked.

    `payload` is what the pressed button, typed number or key means. True: it was the menu's and
    is answered. False: the words are for the desk, where the conversation shows them; the
    customer hears at most once a minute that they were passed on.
    """
    case = await repository.open_case(session, conversation.id)
    if case is None or conversation.owner != Owner.QUEUE:
        return False
    turn = _Turn(session, conversation, case, inbound, now)
    if payload in _MENU:
        await _MENU[payload](turn)
        return True
    if inbound.kind == "begin":
        await _keep_waiting(turn)
        return True
    if inbound.kind in _WORDLESS:
        return True
    await _pass_on(turn)
    return False


@dataclass(frozen=True, slots=True)
class _Turn:
    session: AsyncSession
    conversation: Conversation
    case: Case
    inbound: InboundMessage
    now: datetime

    async def say(self, *parts: Part, author: Author = Author.QUEUE, hang_up: bool = False) -> None:
        await self.session.flush()
        await write(
            self.session,
            self.conversation,
            Draft(parts=parts, hang_up=hang_up),
            author=author,
            in_reply_to=self.inbound.id,
            now=self.now,
        )


async def _keep_waiting(turn: _Turn) -> None:
    waiting = await waiting_of(turn.session, turn.case, turn.now)
    remember_announced(turn.case, waiting, turn.now)
    if turn.conversation.channel == "voice" and waiting.on_duty:
        # The first announcement names keys of its own.
        await turn.say(update_part(waiting), Part("utter_queue_keys"))
    else:
        await turn.say(status_part(waiting))


async def _call_back(turn: _Turn) -> None:
    on_phone = turn.conversation.channel == "voice"
    if on_phone and turn.conversation.phone is None and turn.case.customer_id is None:
        # A hidden number of somebody unknown cannot be called.
        await turn.say(Part("utter_queue_callback_no_number"))
        return
    turn.case.callback_at = turn.case.callback_at or turn.now
    waiting = await waiting_of(turn.session, turn.case, turn.now)
    turn.case.callback_due = waiting.opens_at or turn.now
    await turn.say(Part("utter_queue_callback_noted"), hang_up=on_phone)
    await ring(turn.session, WAKE_DESK, str(turn.conversation.id))


async def _cancel(turn: _Turn) -> None:
    await repository.end_case(
        turn.session, turn.case, State.CANCELLED, outcome="cancelled_by_customer", now=turn.now
    )
    to_bot(turn.conversation)
    await turn.say(Part("utter_queue_cancelled"), author=Author.BOT)


async def _assistant(turn: _Turn) -> None:
    """The assistant helps meanwhile; the case stays where it is in line."""
    to_bot(turn.conversation)
    await turn.say(Part("utter_queue_place_kept"), author=Author.BOT)


async def _in_writing(turn: _Turn) -> None:
    """The call ends and the case goes on by SMS, at its place."""
    phone = turn.conversation.phone
    if phone is None:
        await turn.say(Part("utter_queue_no_sms_number"))
        return
    sms = await open_conversation(
        turn.session,
        channel="sms",
        address=phone,
        sender=phone,
        phone=phone,
        language_hint=turn.conversation.language,
        now=turn.now,
    )
    if await repository.open_case(turn.session, sms.id) is None:
        await _move_to(turn, sms)
    else:  # somebody is on their way there already: one line is enough
        await repository.end_case(
            turn.session, turn.case, State.CANCELLED, outcome="in_writing", now=turn.now
        )
    to_bot(turn.conversation)
    await turn.say(Part("utter_queue_goes_on_by_sms"), author=Author.BOT, hang_up=True)


async def _move_to(turn: _Turn, sms: Conversation) -> None:
    await move_case(turn.session, turn.case, sms)
    waiting = await waiting_of(turn.session, turn.case, turn.now)
    await write(
        turn.session,
        sms,
        Draft(parts=[Part("utter_queue_in_writing"), status_part(waiting)]),
        author=Author.QUEUE,
        now=turn.now,
    )
    await ring(turn.session, WAKE_DESK, str(sms.id))


async def _pass_on(turn: _Turn) -> None:
    if rules.may_acknowledge(turn.case.acknowledged_at, turn.now):
        turn.case.acknowledged_at = turn.now
        await turn.say(Part("utter_queue_passed_on"))


_MENU: dict[str | None, Callable[[_Turn], Awaitable[None]]] = {
    WAIT: _keep_waiting,
    CALLBACK: _call_back,
    CANCEL: _cancel,
    ASSISTANT: _assistant,
    WRITING: _in_writing,
}
