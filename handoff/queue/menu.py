"""What may a customer do while waiting for a person: keep waiting, be called back, cancel?"""

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
    write,
)
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.ownership import to_bot
from handoff.queue import repository, rules
from handoff.queue.models import Case, State
from handoff.queue.service import status_part, waiting_of

# Payloads of the buttons in data/responses/queue.yml.
WAIT, CALLBACK, CANCEL = "/queue_wait", "/queue_callback", "/queue_cancel"
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

    async def say(
        self, part: Part, *, author: Author = Author.QUEUE, hang_up: bool = False
    ) -> None:
        await self.session.flush()
        await write(
            self.session,
            self.conversation,
            Draft(parts=[part], hang_up=hang_up),
            author=author,
            in_reply_to=self.inbound.id,
            now=self.now,
        )


async def _keep_waiting(turn: _Turn) -> None:
    waiting = await waiting_of(turn.session, turn.case, turn.now)
    await turn.say(status_part(waiting))


async def _call_back(turn: _Turn) -> None:
    on_phone = turn.conversation.channel == "voice"
    if on_phone and turn.conversation.phone is None and turn.case.customer_id is None:
        # A hidden number of somebody unknown cannot be called.
        await turn.say(Part("utter_queue_callback_no_number"))
        return
    turn.case.callback_at = turn.case.callback_at or turn.now
    await turn.say(Part("utter_queue_callback_noted"), hang_up=on_phone)
    await ring(turn.session, WAKE_DESK, str(turn.conversation.id))


async def _cancel(turn: _Turn) -> None:
    await repository.end_case(
        turn.session, turn.case, State.CANCELLED, outcome="cancelled_by_customer", now=turn.now
    )
    to_bot(turn.conversation)
    await turn.say(Part("utter_queue_cancelled"), author=Author.BOT)


async def _pass_on(turn: _Turn) -> None:
    if rules.may_acknowledge(turn.case.acknowledged_at, turn.now):
        turn.case.acknowledged_at = turn.now
        await turn.say(Part("utter_queue_passed_on"))


_MENU: dict[str | None, Callable[[_Turn], Awaitable[None]]] = {
    WAIT: _keep_waiting,
    CALLBACK: _call_back,
    CANCEL: _cancel,
}
