"""How is a picture fetched that a customer sent by MMS, when somebody wants to see it?"""

from __future__ import annotations

import httpx

from bot.channels.twilio_api import TIMEOUT, TWILIO


class SmsFiles:
    """The desk's `Files`: Twilio keeps them, we keep none.

    The address is put together from ids, under the account that we are; what a webhook said it
    was is never followed.
    """

    def __init__(self, account_sid: str, auth_token: str, base_url: str = TWILIO) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._media = f"{base_url}/2010-04-01/Accounts/{account_sid}/Messages"

    async def fetch(self, reference: str, *, at_most: int) -> bytes | None:
        """The file; None when it is larger than so many bytes, gone, or Twilio is away.

        Twilio sends on to its store, which gets no credentials of ours.
        """
        message, _, media = reference.partition("/")
        client = httpx.AsyncClient(
            auth=(self._account_sid, self._auth_token),
            timeout=TIMEOUT,
            follow_redirects=True,
            max_redirects=3,
        )
        try:
            async with (
                client,
                client.stream("GET", f"{self._media}/{message}/Media/{media}") as answer,
            ):
                return (
                    await _read(answer, at_most) if answer.status_code == httpx.codes.OK else None
                )
        except httpx.HTTPError:
            return None


async def _read(answer: httpx.Response, at_most: int) -> bytes | None:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > at_most:
            return None
    return bytes(content)
