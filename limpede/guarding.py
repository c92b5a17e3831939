"""What holds for every answer of the app, whichever room gives it?

Security headers where a room has not set stricter ones, and an end to taking work on before the
app is too busy to finish it: a provider delivers again, a browser shows that it must wait.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from billing_backend.headers import SAFE

# Requests under way at once. A call's webhook waits up to 8 s for its turn; live feeds of the
# desk stay open for hours and are not counted.
MOST_AT_ONCE = 500
_COUNTED = ("/webhooks/", "/api/", "/actions")

HEADERS: Mapping[str, str] = {
    **SAFE,
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
# Two years, as browsers' preload lists ask.
_HTTPS_ONLY = "max-age=63072000; includeSubDomains"
# FastAPI's own pages on the API load their script from elsewhere and run a line of their own.
_WITHOUT_POLICY = ("/docs", "/redoc")


class Guard:
    """ASGI middleware around the whole app. `https`: the app is reached by https only."""

    def __init__(self, app: ASGIApp, *, https: bool, most_at_once: int = MOST_AT_ONCE) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = _HTTPS_ONLY
        self._most = most_at_once
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = self._with_headers(scope["path"], send)
        if not scope["path"].startswith(_COUNTED):
            await self._app(scope, receive, send)
        elif self._under_way >= self._most:
            await _too_busy(send)
        else:
            self._under_way += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._under_way -= 1

    def _with_headers(self, path: str, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    if name == "Content-Security-Policy" and path.startswith(_WITHOUT_POLICY):
                        continue
                    headers.setdefault(name, value)
            await send(message)

        return sending


async def _too_busy(send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 503,
            "headers": [(b"retry-after", b"1"), (b"content-length", b"0")],
        }
    )
    await send({"type": "http.response.body", "body": b""})
