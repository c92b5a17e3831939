"""How large may a request to the desk or the API be, whoever sends it?

Checked before anybody is asked who they are: signing in needs no proof, and a body without an end
would fill the memory. The webhooks and /actions read in pieces themselves and refuse in their own
terms.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.bodies import MAX_BODY

_ROOMS = ("/api/", "/desk")
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class SmallBodies:
    """ASGI middleware: reads a body before the rooms do, and refuses one that is too large."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _has_body(scope):
            await self._app(scope, receive, send)
            return
        pieces = None if _declared(scope) > self._limit else await _read(receive, self._limit)
        if pieces is None:
            await _refuse(send, self._limit)
        else:
            await self._app(scope, _again(pieces, receive), send)


def _has_body(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] not in _WITHOUT_BODY
        and scope["path"].startswith(_ROOMS)
    )


def _declared(scope: Scope) -> int:
    """What the sender says; 0 when nothing sensible is said."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said[:12]) if said.isdigit() else 0


async def _read(receive: Receive, limit: int) -> list[Message] | None:
    """All that came, to the end or until the sender went away; None when it is too much."""
    pieces: list[Message] = []
    size = 0
    while True:
        piece = await receive()
        pieces.append(piece)
        size += len(piece.get("body", b""))
        if size > limit:
            return None
        if not piece.get("more_body", False):
            return pieces


def _again(pieces: Sequence[Message], receive: Receive) -> Receive:
    """What was read already, and then what comes."""
    waiting = list(pieces)

    async def next_piece() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return next_piece


async def _refuse(send: Send, limit: int) -> None:
    problem = {
        "type": "about:blank",
        "title": _TOO_LARGE.phrase,
        "status": _TOO_LARGE,
        "detail": f"the body is larger than {limit} bytes",
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": _TOO_LARGE, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
