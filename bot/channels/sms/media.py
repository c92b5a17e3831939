"""How is a picture that a customer sent by MMS fetched, when somebody opens it?

It stays at Twilio: nothing of it is stored here. The address is put together from ids, under the
account that we are; what a webhook said it was is never followed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from bot.channels.message import File
from bot.channels.twilio_api import TIMEOUT, TWILIO

LARGEST = 8 * 1024 * 1024  # bytes; Twilio takes 5 MB


def make_opener(
    account_sid: str, auth_token: str, base_url: str = TWILIO
) -> Callable[[str], Awaitable[File | None]]:
    """A function that fetches by a `Media.reference`; None where it is gone, or Twilio is away.

    Twilio sends on to its store, which gets no credentials of ours.
    """

    async def open_media(reference: str) -> File | None:
        message, _, media = reference.partition("/")
        path = f"/2010-04-01/Accounts/{account_sid}/Messages/{message}/Media/{media}"
        client = httpx.AsyncClient(
            auth=(account_sid, auth_token), timeout=TIMEOUT, follow_redirects=True, max_redirects=3
        )
        try:
            async with client, client.stream("GET", base_url + path) as answer:
                if answer.status_code != httpx.codes.OK:
                    return None
                content = await _read(answer)
        except httpx.HTTPError:
            return None
        if content is None:
            return None
        mime = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return File(media, mime, content)

    return open_media


async def _read(answer: httpx.Response) -> bytes | None:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > LARGEST:
            return None
    return bytes(content)
