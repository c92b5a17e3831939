"""How are customers called back when it is their turn, never twice at once?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from billing_backend.clock import Clock, business_date
from billing_backend.contract import Billing
from billing_backend.db import Sessions, transaction
from bot import metrics
from bot.channels.message import DeliveryFailed
from handoff.queue import callbacks
from handoff.queue.models import CallbackState

# Calls a number for this try; raises DeliveryFailed.
Ring = Callable[[str, UUID], Awaitable[None]]
log = structlog.get_logger(__name__)


class Callbacks:
    """Calls whoever is due. Each try is written down before the call is made."""

    def __init__(
        self, sessions: Sessions, clock: Clock, billing: Billing, ring: Ring, *, zone: str
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._billing = billing
        self._ring = ring
        self._zone = zone

    async def call_due(self) -> None:
        """Everybody whose turn it is."""
        while await self._call_next():
            pass

    async def _call_next(self) -> bool:
        async with transaction(self._sessions) as session:
            due = await callbacks.claim_due(session, now=self._clock.now())
            if due is None:
                return False
            phone = due.phone
            if phone is None and due.customer_id is not None:
                today = business_date(self._clock.now(), self._zone)
                customer = await self._billing.customer(session, due.customer_id, today=today)
                phone = customer.phone or None
        await self._call(due.attempt_id, phone)
        return True

    async def _call(self, attempt: UUID, phone: str | None) -> None:
        try:
            if phone is None:
                raise DeliveryFailed("invalid_address", permanent=True)
            await self._ring(phone, attempt)
        except DeliveryFailed as failure:
            log.warning("not called back", attempt=str(attempt), reason=failure.reason)
            metrics.callbacks.labels(failure.reason).inc()
            if failure.uncertain:
                return  # it may be ringing: its end is told, or it counts as lost later
            async with transaction(self._sessions) as session:
                await callbacks.ended(session, attempt, CallbackState.FAILED, now=self._clock.now())
        else:
            metrics.callbacks.labels("called").inc()
