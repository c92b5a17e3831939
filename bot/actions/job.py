"""What does an action work with: one message, its conversation, billing, and what it says?

A job never commits and never sends. What it says is kept until the guard has committed, so that
nobody hears of something that did not happen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import Clock
from billing_backend.contract import (
    Authority,
    Billing,
    CustomerFacts,
    Identification,
    Tier,
)
from billing_backend.db import Sessions
from billing_backend.money import Money
from bot import wording
from bot.deep_links import DeepLinks
from bot.hearing import Hearing
from bot.texts import Texts
from handoff.conversations import Conversation, InboundMessage, Owner, Part, Vault, accounts
from handoff.queue import request_person

# What the bot may give by itself; the name stands in the audit log.
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")

JobFunction = Callable[["Job"], Awaitable[None]]

# Kinds of messages that a person put into words.
_WORDS = ("text", "speech")


@dataclass(frozen=True, slots=True)
class Services:
    """What all jobs share, given once when the app is put together."""

    sessions: Sessions
    billing: Billing
    vault: Vault
    clock: Clock
    zone: str
    company: str
    texts: Texts
    hearing: Hearing = field(default_factory=Hearing)
    links: DeepLinks = field(default_factory=DeepLinks)


@dataclass(frozen=True, slots=True)
class Saying:
    """A response with its values in words, or `text` that is final already."""

    response: str | None
    values: dict[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()  # (title, payload)
    text: str | None = None
    # The values as a Part keeps them, to be worded again for another channel.
    plain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Job:
    """One action at work on one message. `entities` are the first of each kind; `words` are those
    of the request at hand where it is only a part of the message, or came before it; `met` is what
    the bot waited for, the language, and what was told last, when the message came."""

    services: Services
    session: AsyncSession
    conversation: Conversation
    message: InboundMessage
    now: datetime
    today: date
    action: str
    actions: Mapping[str, JobFunction]
    intent: str | None
    entities: dict[str, str]
    slots: Mapping[str, Any]
    met: dict[str, Any]
    said: list[Saying] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    words: str | None = None
    meanings: tuple[str, ...] = ()  # the two likeliest, where neither is clearly ahead
    _known: Identification | None = None
    _customer: CustomerFacts | None = None

    @property
    def billing(self) -> Billing:
        return self.services.billing

    @property
    def language(self) -> str:
        return self.conversation.language

    @property
    def channel(self) -> str:
        return self.conversation.channel

    @property
    def by_voice(self) -> bool:
        return self.channel == "voice"

    @property
    def in_words(self) -> bool:
        """Whether the customer said or wrote it; a button, a key or silence has no words."""
        return self.words is not None or self.message.kind in _WORDS

    @property
    def text(self) -> str:
        """The words of the request at hand."""
        return self.message.text if self.words is None else self.words

    @property
    def handed_over(self) -> bool:
        return self.conversation.owner != Owner.BOT

    # --- words ---

    def say(
        self, response: str, *, choices: tuple[tuple[str, str], ...] = (), **values: Any
    ) -> None:
        """Say a response; amounts (Money) and days (date) are put into words here."""
        worded = {name: self.word(value) for name, value in values.items()}
        plain = {name: _plain(value) for name, value in values.items()}
        self.said.append(Saying(response, worded, choices, plain=plain))

    def say_again(self, text: str, choices: tuple[tuple[str, str], ...] = ()) -> None:
        """Say words that were put together before."""
        self.said.append(Saying(None, {}, choices, text))

    def word(self, value: Any) -> str:
        match value:
            case Money():
                return wording.money(value, self.language, self.channel)
            case datetime():
                local = value.astimezone(ZoneInfo(self.services.zone))
                return wording.moment(local, self.language, self.channel)
            case date():
                return wording.day(value, self.language, self.channel)
            case _:
                return str(value)

    def phrase(self, response: str) -> str:
        """The words of a response, to be part of another one."""
        return self.services.texts.say(response, self.language, self.channel).text

    def in_language(self, names: Mapping[str, str] | str | None) -> str:
        """A name that billing keeps by language, in this conversation's."""
        if isinstance(names, Mapping):
            return names.get(self.language) or next(iter(names.values()), "")
        return names or ""

    # --- what the bot waits for and remembers ---

    def expect(self, what: str | None) -> None:
        self.conversation.expects = what

    @property
    def memory(self) -> Mapping[str, Any]:
        return self.conversation.dialogue

    def remember(self, **things: Any) -> None:
        # A new dict each time: SQLAlchemy does not see a change inside a JSON value.
        self.conversation.dialogue = {**self.conversation.dialogue, **things}

    def forget(self, *names: str) -> None:
        kept = {key: value for key, value in self.memory.items() if key not in names}
        self.conversation.dialogue = kept

    def key(self, purpose: str) -> str:
        """An idempotency key: the same for the same message, however often it is handled."""
        return f"{self.conversation.id}:{self.message.id}:{purpose}"

    async def in_a_row(self, what: str) -> int:
        """How many messages in a row were `what`, this one included."""
        before = await self.position_before()
        last = self.memory.get(what) or {}
        times = last["times"] + 1 if before is not None and last.get("at") == before else 1
        self.remember(**{what: {"times": times, "at": self.message.position}})
        return times

    async def position_before(self) -> int | None:
        """Of the message before this one; None when this is the first."""
        position: int | None = await self.session.scalar(
            select(InboundMessage.position)
            .where(
                InboundMessage.conversation_id == self.conversation.id,
                InboundMessage.position < self.message.position,
            )
            .order_by(InboundMessage.position.desc())
            .limit(1)
        )
        return position

    # --- who and whose ---

    async def who(self, *, again: bool = False) -> Identification:
        """What is known of the person; `again` after something that may have changed it."""
        if self._known is None or again:
            self._known = await self.billing.identification(
                self.session, self.conversation.id, now=self.now
            )
        return self._known

    async def customer(self) -> CustomerFacts:
        """The verified customer, with the account that the conversation is of; only for actions
        behind the gate of proof.py."""
        customer_id = (await self.who()).customer_id
        if customer_id is None:
            raise LookupError("an account was asked for before anybody proved whose it is")
        if self._customer is None or self._customer.customer_id != customer_id:
            self._customer = await self.billing.customer(
                self.session, customer_id, today=self.today
            )
        return accounts.spoken_of(self.conversation, self._customer)

    # --- other jobs and other people ---

    def request(self) -> dict[str, Any]:
        """The request at hand, to be kept until it can be answered."""
        return {
            "action": self.action,
            "intent": self.intent,
            "entities": self.entities,
            "words": self.text if self.in_words else None,
        }

    async def take_up(self, request: Mapping[str, Any]) -> None:
        """Answer a request that was kept."""
        self.intent, self.entities = request["intent"], dict(request["entities"])
        self.words = request.get("words") or ""
        await self.go_on_with(request["action"])

    async def go_on_with(self, action: str) -> None:
        """Let another action answer this message, in the same transaction."""
        self.action = action
        await self.actions[action](self)

    async def hand_over(self, reason: str, **detail: Any) -> None:
        """Bring in a person; what was said so far is said before the announcement."""
        before = [Part(saying.response, saying.values) for saying in self.said if saying.response]
        self.said.clear()
        self.forget("confirm", "resume", "also")
        await request_person(
            self.session,
            self.conversation.id,
            reason=reason,
            detail=detail,
            customer_id=(await self.who()).customer_id,
            before=before,
            now=self.now,
        )


def _plain(value: Any) -> Any:
    match value:
        case Money():
            return {"money": value.minor, "currency": value.currency}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case _:
            return str(value)
