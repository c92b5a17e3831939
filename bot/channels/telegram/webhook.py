"""Is this call really Telegram's, and what is handed in?"""

import hmac
import json
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from bot.channels.bodies import read_body
from bot.channels.message import Channel, Door, Receipt
from bot.channels.metrics import RECEIVED, REFUSED
from bot.channels.telegram.payloads import Press, parse, pressed_button

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

# Without a receipt nothing was stored: the press means nothing to us.
AnswerButton = Callable[[Press, Receipt | None], Awaitable[None]]


def make_router(*, door: Door, secret: str, answer_button: AnswerButton) -> APIRouter:
    """One route, POST /webhooks/telegram.

    403 without the secret that was given to Telegram at registration; 413 for a huge body.
    Everything else is 200, also what we cannot read: Telegram would deliver it for ever. Only a
    door that fails (the database is away) makes it 500, and then Telegram tries again.
    """
    router = APIRouter()
    expected = secret.encode()

    @router.post(PATH)
    async def telegram_update(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, expected):
            return _refuse("bad_secret", 403)
        body = await read_body(request)
        if body is None:
            return _refuse("too_large", 413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return _refuse("unparseable", 200)
        receipt = await receive(update, door)
        press = pressed_button(update)
        return Response(background=BackgroundTask(answer_button, press, receipt) if press else None)

    return router


async def receive(update: object, door: Door) -> Receipt | None:
    """Hand one update (decoded JSON) in; one with nothing for us is counted and forgotten."""
    inbound = parse(update)
    if inbound is None:
        REFUSED.labels(Channel.TELEGRAM, "unhandled").inc()
        return None
    receipt = await door.accept(inbound)
    RECEIVED.labels(Channel.TELEGRAM, inbound.kind).inc()
    return receipt


async def receive_and_answer(update: object, *, door: Door, answer_button: AnswerButton) -> None:
    """What long polling does with an update: the webhook's way, without the answer to wait for."""
    receipt = await receive(update, door)
    press = pressed_button(update)
    if press:
        await answer_button(press, receipt)


def _refuse(reason: str, status: int) -> Response:
    REFUSED.labels(Channel.TELEGRAM, reason).inc()
    return Response(status_code=status)
