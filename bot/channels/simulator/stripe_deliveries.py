"""How do Stripe's events reach the app's webhook, and reach it again?"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now
from bot.channels.simulator.stripe_account import KEPT, Event
from bot.channels.simulator.webhooks import stripe_call


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the account sends its events, and what it signs them with."""

    url: str
    secret: str = field(repr=False)


@dataclass(slots=True)
class Delivery:
    """An event and the statuses that the app has answered it with, None when it did not."""

    event: Event
    at: datetime
    statuses: list[int | None] = field(default_factory=list)


class Deliveries:
    """Sends events in their order and remembers them."""

    def __init__(self, endpoint: Endpoint, http: httpx.AsyncClient, now: Now) -> None:
        self._endpoint = endpoint
        self._http = http
        self._now = now
        self._kept: OrderedDict[str, Delivery] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def clear(self) -> None:
        self._kept.clear()

    def all(self) -> list[dict[str, Any]]:
        """Newest first."""
        return [
            {
                "id": one.event.id,
                "type": one.event.kind,
                "at": one.at.isoformat(),
                "statuses": one.statuses,
            }
            for one in reversed(self._kept.values())
        ]

    async def send(self, events: Sequence[Event]) -> int | None:
        """Delivers each and answers the status of the last; None when the app did not answer.

        As at Stripe, what the payer or the business did is done all the same.
        """
        status = None
        for event in events:
            self._kept[event.id] = delivery = Delivery(event, self._now())
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            status = await self._deliver(delivery)
        return status

    def send_soon(self, events: Sequence[Event]) -> None:
        """The same, while the app is still waiting for another answer."""
        task = asyncio.create_task(self._send(events))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def again(self, event_id: str | None) -> int | None:
        """Delivers an event once more, signed afresh; None: the last one."""
        known = next(reversed(self._kept), None) if event_id is None else event_id
        if known is None or known not in self._kept:
            raise Refused("There is no such event; a reset forgets them.", 404)
        return await self._deliver(self._kept[known])

    async def _send(self, events: Sequence[Event]) -> None:
        await self.send(events)

    async def _deliver(self, delivery: Delivery) -> int | None:
        body = json.dumps(delivery.event.body, ensure_ascii=False)
        call = stripe_call(self._endpoint.url, self._endpoint.secret, body)
        try:
            status: int | None = (await call.make(self._http)).status_code
        except Refused:
            status = None
        delivery.statuses.append(status)
        return status
