"""What does a call ask of the app, and what does it tell it?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from bot.channels.simulator import twiml
from bot.channels.simulator.handset import Answered, tell
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.twiml_rules import complaints
from bot.channels.simulator.voice_line import VoiceLine
from bot.channels.simulator.webhooks import Call

MOST_REQUESTS = 30  # in a row without rest and without the caller: the app goes in a circle


@dataclass(frozen=True, slots=True)
class Request:
    """The next document to fetch; `answered` gets the app's status when the caller waits."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    answered: Answered | None = None


class CallRequests:
    """All requests about one call, each signed as Twilio signs it."""

    def __init__(self, line: VoiceLine, sid: str, caller: str, http: httpx.AsyncClient) -> None:
        self._line = line
        self._sid = sid
        self._caller = caller
        self._http = http
        self._last: tuple[Call, str] | None = None
        self._in_a_row = 0

    async def fetch(self, request: Request, more: Mapping[str, str]) -> str:
        """The app's answer to a request that also tells `more`; BadTwiml when it has none."""
        self._in_a_row += 1
        if self._in_a_row > MOST_REQUESTS:
            raise twiml.BadTwiml("11205: the app sends the call in a circle")
        status = "in-progress" if self._last or self._line.outgoing else "ringing"
        params = {**more, **request.params}
        call = self._call(request.url, request.method, status, params)
        try:
            answer = await call.make(self._http)
        except (Refused, asyncio.CancelledError) as error:
            tell(request.answered, error)
            raise
        if request.answered is not None:
            self._last = (call, answer.text)
            tell(request.answered, answer.status_code)
        if answer.status_code != 200:
            raise twiml.BadTwiml(f"11200: the app answered {answer.status_code} at {request.url}")
        if wrong := complaints(answer.text):
            raise twiml.BadTwiml(f"12200: {wrong[0]}")
        return answer.text

    def rest(self) -> None:
        """Time passed or the caller acted: the app does not go in a circle."""
        self._in_a_row = 0

    async def repeat(self) -> tuple[int, bool]:
        """Twilio makes the caller's last request once more, unchanged. The answer is not acted
        upon but compared with the first one: (status, whether it was the same)."""
        if self._last is None:
            raise Refused("Nothing was sent in this call yet that could be repeated.")
        call, first = self._last
        answer = await call.make(self._http)
        return answer.status_code, answer.text == first

    async def tell_end(self, status: str, seconds: int) -> int | None:
        """Tell how the call ended and how long it took; answers the status of the app's status
        webhook, None when there is none or it cannot be reached."""
        if not self._line.status_webhook:
            return None
        params = {"CallDuration": str(seconds)}
        try:
            call = self._call(self._line.status_webhook, "POST", status, params)
            return (await call.make(self._http)).status_code
        except Refused:
            return None

    def _call(self, url: str, method: str, status: str, params: Mapping[str, str]) -> Call:
        return self._line.call(url, method, self._sid, self._caller, status, params)
