"""How is the app served over HTTP?"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from types import FrameType

import uvicorn

from handoff.desk import Closing
from limpede.app import build
from limpede.settings import Settings

# Live feeds end by themselves within 2 seconds; whatever else hangs is cut.
_GRACE_SECONDS = 3
_COULD_NOT_START = 3
# A proxy in front tells the caller's real scheme and host; only one on this machine is believed.
_TRUSTED_PROXY = "127.0.0.1"


class Server(uvicorn.Server):
    """A server that tells the app when it is asked to stop, before it waits for its responses."""

    def __init__(self, config: uvicorn.Config, closing: Closing) -> None:
        super().__init__(config)
        self._closing = closing
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop is not None:  # a signal comes in the middle of anything
            self._loop.call_soon_threadsafe(self._closing.begin)
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    closing = Closing()
    config = uvicorn.Config(
        build(settings, closing),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=_TRUSTED_PROXY,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = Server(config, closing)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_COULD_NOT_START)
