"""What goes on around the conversation log while turns and deliveries are under way?

The product's own workers run here, as tasks on a loop of their own: a turn stands still where it
asks Rasa, a delivery where it asks the provider, until the test says how that ended. A worker that
dies is cancelled there and leaves what kill -9 leaves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from sqlalchemy import select, text

from billing_backend.clock import FixedClock
from billing_backend.contract import Billing, Identification, Level
from billing_backend.db import Base, Sessions, make_engine, make_sessions, transaction
from bot.channels.message import Channel, Delivered, DeliveryFailed, Outbound
from bot.dialogue import Answer, BadAnswer, Dialogue, NoAnswer, Question
from bot.outgoing import Sending, Wording
from bot.texts import Texts, Words
from bot.turn import Turns
from handoff.conversations import (
    NotYours,
    Owner,
    Vault,
    open_conversation,
    outbox,
    ownership,
    receive,
)
from handoff.conversations.bell import Bell
from handoff.desk import Role, cases
from handoff.desk.models import Agent
from handoff.queue import Case, State, request_person
from limpede.settings import ROOT

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ADDRESSES = ("4001", "4002", "4003")
_AT_WORK = 3  # workers, or senders, at most
LATER = 3600.0  # seconds: what is put off is due when the test lets time pass, not before
TEXTS = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")

# What really happened, in the order in which the database did it: every owner of a conversation,
# and who owned it at the very moment at which a message was taken to be sent.
_WITNESS = """
CREATE SCHEMA IF NOT EXISTS rasa;
CREATE TABLE IF NOT EXISTS rasa.events
    (id serial PRIMARY KEY, sender_id text, type_name text, data text);
CREATE TABLE seen_owner (conversation_id uuid, epoch int, owner text, agent_id uuid);
CREATE TABLE seen_claim (id serial, message_id uuid, epoch int, owner text);
CREATE FUNCTION see_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO seen_owner VALUES (NEW.id, NEW.epoch, NEW.owner, NEW.agent_id);
    RETURN NULL;
END $$;
CREATE FUNCTION see_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO seen_claim (message_id, epoch, owner)
        SELECT NEW.id, epoch, owner FROM conversation WHERE id = NEW.conversation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER see_owner AFTER INSERT OR UPDATE OF epoch ON conversation
    FOR EACH ROW EXECUTE FUNCTION see_owner();
CREATE TRIGGER see_claim AFTER UPDATE OF status ON outbound_message
    FOR EACH ROW WHEN (NEW.status = 'sending') EXECUTE FUNCTION see_claim();
"""
_NO_WITNESS = """
DROP TRIGGER see_owner ON conversation;
DROP TRIGGER see_claim ON outbound_message;
DROP FUNCTION see_owner, see_claim;
DROP TABLE seen_owner, seen_claim, rasa.events;
"""


@dataclass(eq=False)
class Waiting:
    """A worker that stands still: it has asked and waits to be told."""

    asked: Any
    worker: asyncio.Task[int]
    answer: asyncio.Future[Any]
    late: bool = False  # its lease has run out: somebody else may be at work


@dataclass
class Outside:
    """Rasa and the provider at once: whoever asks waits, unless everything answers by itself."""

    waiting: list[Waiting] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    by_itself: bool = False
    said: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)

    async def ask(self, question: Question) -> Answer:
        """Rasa is asked: one turn at a time in a conversation."""
        at_work = [
            each
            for each in self.turns()
            if each.asked.conversation_id == question.conversation_id and not each.late
        ]
        assert not at_work, "two turns of one conversation at once"
        if self.by_itself:
            return Answer([Words(f"răspuns {uuid4()}")])
        return Answer(cast("list[Words]", await self._told(question)))

    async def open_session(self, conversation_id: UUID) -> None: ...

    async def send(self, message: Outbound) -> Delivered:
        """The provider is given a message."""
        self.said[message.text] += 1
        if not self.by_itself:
            await self._told(message)
        self.taken[message.text] += 1
        return Delivered(str(uuid4()))

    def turns(self) -> list[Waiting]:
        return [each for each in self.waiting if isinstance(each.asked, Question)]

    def deliveries(self) -> list[Waiting]:
        return [each for each in self.waiting if isinstance(each.asked, Outbound)]

    async def _told(self, asked: Any) -> Any:
        worker = asyncio.current_task()
        assert worker is not None
        here = Waiting(asked, worker, asyncio.get_running_loop().create_future())
        self.waiting.append(here)
        self.changed.set()
        try:
            return await here.answer
        finally:
            self.waiting.remove(here)


class Strangers:
    """A billing that knows nobody."""

    async def identification(self, *args: Any, **kwargs: Any) -> Identification:
        return Identification(Level.UNKNOWN)


class Around:
    """A database with workers, customers and two agents."""

    def __init__(self, database_url: str) -> None:
        self.engine = make_engine(database_url)
        self.sessions: Sessions = make_sessions(self.engine)
        self.outside = Outside()
        clock, bell = FixedClock(NOW), Bell(database_url)
        billing = cast(Billing, Strangers())
        self.turns = Turns(
            self.sessions,
            clock,
            "Europe/Bucharest",
            bell,
            cast(Dialogue, self.outside),
            billing,
        )
        wording = Wording(TEXTS, Vault(Fernet.generate_key()), clock, billing)
        self.sending = Sending(self.sessions, bell, wording, {Channel.TELEGRAM: self.outside})
        self.maria = _agent("maria@demo.example", Role.AGENT)
        self.radu = _agent("radu@demo.example", Role.SUPERVISOR)
        self.replies: dict[str, UUID] = {}  # what the desk took from an agent, and from whom
        self._refs: list[tuple[str, str]] = []
        self._numbers = count()

    async def open(self) -> None:
        async with transaction(self.sessions) as session:
            await session.execute(text(_WITNESS))
            session.add_all([self.maria, self.radu])

    async def close(self) -> None:
        async with transaction(self.sessions) as session:
            await session.execute(text(_NO_WITNESS))
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            await session.execute(text(f"TRUNCATE {names} CASCADE"))
        await self.engine.dispose()

    async def forget(self) -> None:
        """Nothing is left of the conversations so far."""
        async with transaction(self.sessions) as session:
            for table in (
                *("seen_claim", "seen_owner", "rasa.events", "support_case", "audit_entry"),
                *("button_token", "outbound_message", "inbound_message", "conversation"),
                "send_pace",
            ):
                await session.execute(text(f"DELETE FROM {table}"))
        self.replies.clear()
        self._refs.clear()
        self.outside.said.clear()
        self.outside.taken.clear()
        self.outside.by_itself = False

    # --- customers ---

    async def customer_does(self, address: str, words: str, kind: str = "text") -> None:
        self._refs.append((address, f"m{next(self._numbers)}"))
        await self._arrives(address, self._refs[-1][1], words, kind)

    async def delivered_again(self, which: int) -> None:
        """The provider delivers some message of the past once more."""
        if self._refs:
            address, ref = self._refs[which % len(self._refs)]
            await self._arrives(address, ref, "again", "text")

    async def _arrives(self, address: str, ref: str, words: str, kind: str) -> None:
        async with transaction(self.sessions) as session:
            conversation = await open_conversation(
                session,
                channel="telegram",
                address=address,
                sender=address,
                phone=None,
                language_hint="ro",
                now=NOW,
            )
            await receive(
                session,
                conversation,
                provider_message_id=ref,
                kind=kind,
                text=words,
                data={},
                now=NOW,
            )

    # --- turns ---

    async def a_worker_takes_turns(self) -> None:
        if len(self.outside.turns()) < _AT_WORK:
            await self._work(asyncio.create_task(self.turns.run_due()))

    async def the_turn_ends(self, which: int, how: str) -> None:
        under_way = self.outside.turns()
        if not under_way:
            return
        turn = under_way[which % len(under_way)]
        if how == "answer lost":
            await self._rasa_remembers(turn.asked)
        outcomes: dict[str, Callable[[], None]] = {
            "words": lambda: turn.answer.set_result([Words(f"răspuns {next(self._numbers)}")]),
            "nothing": lambda: turn.answer.set_result([]),
            "failed": lambda: turn.answer.set_exception(BadAnswer("status 503")),
            "no answer": lambda: turn.answer.set_exception(NoAnswer("ConnectError")),
            "answer lost": lambda: turn.answer.set_exception(NoAnswer("ReadError")),
            "worker dies": turn.worker.cancel,
        }
        outcomes[how]()
        await self._work(turn.worker)

    async def the_bot_hands_over(self, which: int) -> None:
        """As an action does it, in the middle of the turn."""
        under_way = self.outside.turns()
        if not under_way:
            return
        question: Question = under_way[which % len(under_way)].asked
        async with transaction(self.sessions) as session:
            conversation = await ownership.lock(session, question.conversation_id)
            if conversation.owner == Owner.BOT:
                await request_person(
                    session,
                    conversation.id,
                    reason="asked",
                    detail={},
                    customer_id=None,
                    now=NOW,
                )

    async def leases_run_out(self) -> None:
        async with transaction(self.sessions) as session:
            await session.execute(
                text("UPDATE conversation SET lease_until = clock_timestamp() - interval '1 hour'")
            )
        for turn in self.outside.turns():
            turn.late = True

    async def _rasa_remembers(self, question: Question) -> None:
        """Rasa had done its part when the answer got lost."""
        words = f"răspuns {next(self._numbers)}"
        async with transaction(self.sessions) as session:
            for kind, data in (
                ("user", f'{{"metadata": {{"message_id": "{question.message_id}"}}}}'),
                ("bot", f'{{"text": "{words}", "data": {{"buttons": null}}}}'),
            ):
                await session.execute(
                    text(
                        "INSERT INTO rasa.events (sender_id, type_name, data) VALUES (:s, :k, :d)"
                    ),
                    {"s": str(question.conversation_id), "k": kind, "d": data},
                )

    # --- deliveries ---

    async def a_sender_delivers(self) -> None:
        if len(self.outside.deliveries()) < _AT_WORK:
            await self._work(asyncio.create_task(self.sending.deliver_due(at_most=1)))

    async def the_delivery_ends(self, which: int, how: str) -> None:
        under_way = self.outside.deliveries()
        if not under_way:
            return
        delivery = under_way[which % len(under_way)]
        failures = {
            "limited": DeliveryFailed("rate_limited", retry_after=LATER),
            "refused": DeliveryFailed("blocked", permanent=True),
            "unsure": DeliveryFailed("timeout", uncertain=True),
        }
        if how == "taken":
            delivery.answer.set_result(None)
        elif how == "sender dies":
            delivery.worker.cancel()
        else:
            delivery.answer.set_exception(failures[how])
        await self._work(delivery.worker)

    async def claims_run_out(self) -> None:
        async with transaction(self.sessions) as session:
            await session.execute(
                text("UPDATE outbound_message SET claimed_at = claimed_at - interval '1 hour'")
            )
            await outbox.give_up_on_vanished(session)

    async def time_passes(self) -> None:
        """What was put off is due now."""
        async with transaction(self.sessions) as session:
            for table in ("inbound_message", "outbound_message"):
                await session.execute(text(f"UPDATE {table} SET not_before = NULL"))
            await session.execute(text("UPDATE send_pace SET paused_until = NULL"))

    # --- the desk ---

    async def an_agent_takes(self, agent: Agent) -> None:
        case_id = await self._case(State.WAITING) or await self._case(State.WITH_AGENT)
        if case_id is not None:
            async with transaction(self.sessions) as session:
                await cases.take(session, agent, case_id, take_over=True, now=NOW)

    async def an_agent_replies(self, agent: Agent) -> None:
        """Only who holds the case may: whoever lost it is told so."""
        case_id = await self._case(State.WITH_AGENT)
        if case_id is None:
            return
        words = f"{agent.first_name} {next(self._numbers)}"
        try:
            async with transaction(self.sessions) as session:
                written = await cases.reply(session, agent, case_id, words, click=words, now=NOW)
        except NotYours:
            return
        if isinstance(written, UUID):
            self.replies[words] = agent.id

    async def an_agent_lets_go(self, agent: Agent, how: str) -> None:
        case_id = await self._case(State.WITH_AGENT)
        if case_id is None:
            return
        done: dict[str, Callable[..., Awaitable[object]]] = {
            "hands back": lambda s: cases.hand_back(
                s, agent, case_id, outcome="resolved", agreed="", now=NOW
            ),
            "closes": lambda s: cases.close(s, agent, case_id, outcome="resolved", now=NOW),
            "releases": lambda s: cases.release(s, agent, case_id, now=NOW),
        }
        try:
            async with transaction(self.sessions) as session:
                await done[how](session)
        except NotYours:
            return

    async def _case(self, state: State) -> UUID | None:
        async with self.sessions() as session:
            return await session.scalar(
                select(Case.id).where(Case.state == state).order_by(Case.number).limit(1)
            )

    # --- the end ---

    async def everything_settles(self) -> None:
        """Whoever is at work dies; then nothing goes wrong any more and all is done that waits."""
        while self.outside.waiting:
            self.outside.waiting[0].worker.cancel()
            await self._work(self.outside.waiting[0].worker)
        self.outside.by_itself = True
        await self.leases_run_out()
        await self.claims_run_out()
        await self.time_passes()
        while await self.turns.run_due() + await self.sending.deliver_due():
            pass

    async def _work(self, worker: asyncio.Task[int]) -> None:
        """Let a worker go on until it is done, dead, or stands still again."""
        worker.add_done_callback(lambda _: self.outside.changed.set())
        while not worker.done() and not self._stands_still(worker):
            self.outside.changed.clear()
            if not worker.done() and not self._stands_still(worker):
                await self.outside.changed.wait()
        if worker.done() and not worker.cancelled():
            worker.result()  # a worker never fails

    def _stands_still(self, worker: asyncio.Task[int]) -> bool:
        return any(
            each.worker is worker and not each.answer.done() for each in self.outside.waiting
        )


def _agent(email: str, role: Role) -> Agent:
    name = email.partition("@")[0].capitalize()
    return Agent(id=uuid4(), email=email, name=name, password_hash="-", role=role, language="ro")
