"""Is an agent's phone put through to the caller who waits for it?

The caller's call dials the agent's and waits here. The agent's call tells here that its document
has ended, which connects the two, or that its owner has hung up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class CallBridge:
    """The agent's end; of a call that was not dialled for a caller nothing is asked here."""

    def __init__(self) -> None:
        self._connected: asyncio.Future[bool] | None = None
        self._leaves: Callable[[], None] | None = None

    async def put_through(self, leaves: Callable[[], None]) -> bool:
        """Wait until the agent's phone may be connected; False when it never will be.
        `leaves` is called when its owner hangs up afterwards."""
        self._connected, self._leaves = asyncio.get_running_loop().create_future(), leaves
        return await self._connected

    def connect(self) -> bool:
        """Let the caller who waits talk with this phone; False when nobody waits."""
        if self._connected is None or self._connected.done():
            return False
        self._connected.set_result(True)
        return True

    def hang_up(self) -> None:
        """This phone was put down: tell the caller's side."""
        if self._connected is not None and not self._connected.done():
            self._connected.set_result(False)
        elif self._leaves is not None:
            self._leaves()
