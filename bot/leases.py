"""How does work in hand stay ours for longer than its lease?

A lease is short, so that somebody else soon goes on where a process died; it is renewed for as
long as the work lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def kept(renew: Callable[[], Awaitable[None]], *, every: float) -> AsyncIterator[None]:
    """Renew the lease every so many seconds while the block lasts."""
    renewing = asyncio.create_task(_again_and_again(renew, every))
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing


async def _again_and_again(renew: Callable[[], Awaitable[None]], every: float) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await renew()
        except SQLAlchemyError as error:
            # Others may take over by now; whoever finishes is asked for the lease again.
            log.warning("a lease was not renewed", reason=type(error).__name__)
