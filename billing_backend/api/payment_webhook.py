"""What is answered to the payment provider when it tells us something?"""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect

from billing_backend.clock import Clock
from billing_backend.contract import NotPaid, PaidByLink
from billing_backend.db import Sessions, transaction
from billing_backend.payments import events
from billing_backend.payments.gateway import EventReader, NotTheProvider, Unreadable
from billing_backend.payments.metrics import PROVIDER_EVENTS
from billing_backend.policy import Policy

PATH = "/webhooks/stripe"
_MAX_BODY = 1024 * 1024  # bytes; real events are a few kB
log = structlog.get_logger(__name__)

# Tells the payer, in the same transaction as the payment is booked in.
Tell = Callable[[AsyncSession, PaidByLink | NotPaid], Awaitable[None]]


def make_payment_webhook(
    sessions: Sessions, clock: Clock, policy: Policy, *, read: EventReader, tell: Tell
) -> APIRouter:
    """POST /webhooks/stripe: 403 without a right signature, 400 for what is no event, 413 for a
    huge body; 200 for everything else, also what came before, comes late or is not ours."""
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def event(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _refused(413, "too_large")
        try:
            call = read(body, request.headers.get("stripe-signature"))
        except NotTheProvider:
            return _refused(403, "bad_signature")
        except Unreadable:
            return _refused(400, "unreadable")
        async with transaction(sessions) as session:
            applied = await events.apply(session, call, now=clock.now(), policy=policy)
            if applied.told is not None:
                await tell(session, applied.told)
        PROVIDER_EVENTS.labels(applied.outcome).inc()
        log.info("payment event", kind=call.kind, outcome=applied.outcome)
        return Response(status_code=200)

    return router


async def _body(request: Request) -> bytes | None:
    """Read in pieces, so that a body without a Content-Length cannot fill the memory either."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _refused(status: int, reason: str) -> Response:
    PROVIDER_EVENTS.labels(reason).inc()
    return Response(status_code=status)
