"""How does the stripe client speak HTTP here?

With httpx, as everything else of ours. Its own httpx client hands bodies over in a way that httpx
has deprecated.
"""

import asyncio
from collections.abc import Callable, Mapping

import httpx
import stripe

_TIMEOUT = 6.0  # seconds; a person is waiting for the page
_unreachable: Callable[..., stripe.APIConnectionError] = stripe.APIConnectionError


class Http(stripe.HTTPClient):
    """Asynchronous only; retries are the base class's, with pauses between them."""

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        self._http = httpx.AsyncClient(timeout=_TIMEOUT)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Raises APIConnectionError, which may be tried again: every request has its key."""
        try:
            answer = await self._http.request(method, url, headers=dict(headers), content=post_data)
        except httpx.HTTPError as error:
            raise _unreachable(type(error).__name__, should_retry=True) from error
        return answer.content, answer.status_code, answer.headers

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self._http.aclose()
