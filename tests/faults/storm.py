"""What does a storm do: many conversations at once, while everything that can die is killed?

The seed decides who says what, and after how many messages what goes wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.faults.people import BySms, Caller, OnTelegram, Person
from tests.faults.reckoning import Reckoning, effects, reckon
from tests.faults.stack import Stack

SETTLE_SECONDS = 240.0
# Of ten conversations so many are on each channel.
_CHANNELS: Sequence[type[Person]] = (*[OnTelegram] * 5, *[BySms] * 3, *[Caller] * 2)

# A time-out at the provider keeps a sender for the client's ten seconds.
_PROVIDER_FAULTS: Mapping[str, Mapping[str, Any]] = {
    "provider limits us": {"kind": "rate_limited", "retry_after": 2, "times": 3},
    "provider is away": {"kind": "server_error", "times": 3},
    "provider took it and said nothing": {"kind": "timeout", "taken": True, "seconds": 20},
    "provider said nothing": {"kind": "timeout", "taken": False, "seconds": 20},
}
_KILLS = {"kill -9 of the app": "app", "kill -9 of Rasa": "rasa", "kill -9 of all": "everything"}
_CUTS = {"app's connections ended": "limpede", "Rasa's connections ended": "limpede-rasa"}


@dataclass(frozen=True)
class Plan:
    """How much is said, and how often what goes wrong."""

    seed: int
    conversations: int
    messages: int
    troubles: Mapping[str, int]


SHORT: Mapping[str, int] = {
    "kill -9 of the app": 1,
    "kill -9 of Rasa": 1,
    "app's connections ended": 2,
    "Rasa's connections ended": 2,
    "provider limits us": 1,
    "provider is away": 1,
    "provider took it and said nothing": 1,
}
LONG: Mapping[str, int] = {
    "kill -9 of the app": 8,
    "kill -9 of Rasa": 4,
    "kill -9 of all": 2,
    "app's connections ended": 20,
    "Rasa's connections ended": 20,
    "provider limits us": 6,
    "provider is away": 6,
    "provider took it and said nothing": 2,
    "provider said nothing": 2,
}


@dataclass
class Storm:
    """One storm over a running stack."""

    stack: Stack
    plan: Plan
    http: httpx.AsyncClient
    people: list[Person] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    took: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    async def rage(self) -> Reckoning:
        """Everybody talks while things go wrong; then all settles and is counted."""
        rng = Random(self.plan.seed)
        self.people = self._people(rng)
        before = effects(self.stack, self.people)
        troubles = asyncio.create_task(self._troubles(rng))
        await asyncio.gather(*(person.live() for person in self.people))
        self.over = True
        self.took.set()
        await troubles
        began = time.monotonic()
        await self._settle()
        settled = time.monotonic() - began
        for person in self.people:
            await person.read()
        return reckon(self.stack, self.people, before, self.happened, settled)

    def _people(self, rng: Random) -> list[Person]:
        """Each with an account of their own."""
        with self.stack.database() as database:
            rows = database.execute(
                "SELECT a.id::text, c.id::text FROM customer AS c"
                " JOIN account AS a ON a.customer_id = c.id"
                " WHERE c.kind = 'residential' ORDER BY c.number LIMIT %s",
                (self.plan.conversations,),
            ).fetchall()
        each, more = divmod(self.plan.messages, self.plan.conversations)
        return [
            _CHANNELS[number % len(_CHANNELS)](
                stack=self.stack,
                http=self.http,
                rng=Random(rng.random()),
                account=account,
                customer=customer,
                messages=each + (number < more),
                took=self.took,
            )
            for number, (account, customer) in enumerate(rows)
        ]

    def _said(self) -> int:
        return sum(len(person.sent) for person in self.people)

    async def _troubles(self, rng: Random) -> None:
        """Each trouble comes after so many messages; nothing goes wrong in the last fifth."""
        names = [name for name, times in self.plan.troubles.items() for _ in range(times)]
        rng.shuffle(names)
        last = self.plan.messages * 4 // 5
        moments = sorted(rng.sample(range(1, last), len(names)))
        for moment, name in zip(moments, names, strict=True):
            while self._said() < moment and not self.over:
                self.took.clear()
                await self.took.wait()
            # Not always at the very end of a message: in the middle of the turns that follow.
            await asyncio.sleep(rng.random() * 0.2)
            await self._happens(name, rng)

    async def _happens(self, name: str, rng: Random) -> None:
        self.happened[name] += 1
        if name in _KILLS:
            await self.stack.kill(_KILLS[name])
        elif name in _CUTS:
            await asyncio.to_thread(self.stack.cut, _CUTS[name])
        else:
            channel = rng.choice(("telegram", "sms"))
            await self.stack.provider_fails(channel=channel, **_PROVIDER_FAULTS[name])

    async def _settle(self) -> None:
        """Until nothing waits, is on its way or is held any more."""
        await self.stack.ready()
        deadline = time.monotonic() + SETTLE_SECONDS
        while open_ends := await asyncio.to_thread(self._open_ends):
            assert time.monotonic() < deadline, f"it does not settle: {open_ends}"
            await asyncio.sleep(0.2)

    def _open_ends(self) -> dict[str, int]:
        with self.stack.database() as database:
            counts = {
                what: database.execute(query).fetchone()
                for what, query in {
                    "waiting": "SELECT count(*) FROM inbound_message WHERE handled_at IS NULL",
                    "on their way": "SELECT count(*) FROM outbound_message"
                    " WHERE status IN ('queued', 'sending')",
                    "held": "SELECT count(*) FROM conversation WHERE lease_token IS NOT NULL",
                }.items()
            }
        return {what: row[0] for what, row in counts.items() if row and row[0]}


async def storm(stack: Stack, plan: Plan) -> Reckoning:
    """Let a storm rage over a stack that runs."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as http:
        return await Storm(stack, plan, http).rage()
