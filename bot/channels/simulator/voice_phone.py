"""Which calls are there, and on whose phone?

A phone has at most one call at a time; its transcript goes on from call to call.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import httpx

from bot.channels.simulator.handset import State
from bot.channels.simulator.live_call import LiveCall
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now, Screen, Screens
from bot.channels.simulator.voice_line import WITHHELD, VoiceLine

KEPT_CALLS = 500


class VoicePhones:
    """Every voice phone, and Twilio's voice side of the business's number."""

    def __init__(self, line: VoiceLine, http: httpx.AsyncClient, now: Now, *, pace: float) -> None:
        self._line = line
        self._http = http
        self._now = now
        self._pace = pace
        self.screens = Screens(now)
        self._calls: OrderedDict[str, LiveCall] = OrderedDict()
        self._by_phone: dict[str, LiveCall] = {}

    @property
    def life(self) -> str:
        return self.screens.life

    def screen(self, phone: str) -> Screen:
        return self.screens.of(phone)

    async def call(self, phone: str, *, withheld: bool = False) -> tuple[LiveCall, int]:
        """Dial the business; answers (the call, the app's status)."""
        before = self._by_phone.get(phone)
        if before is not None and before.state is not State.ENDED:
            raise Refused("This phone is in a call already: hang up first.")
        caller = WITHHELD if withheld else phone
        call = LiveCall(
            self._line, caller, self.screen(phone), self._http, self._now, pace=self._pace
        )
        self._by_phone[phone] = self._calls[call.sid] = call
        while len(self._calls) > KEPT_CALLS:
            self._forget(self._calls.popitem(last=False)[1])
        return call, await call.begin()

    def of(self, phone: str) -> LiveCall:
        """The phone's present or last call; Refused when it never called."""
        call = self._by_phone.get(phone)
        if call is None:
            raise Refused("This phone has not called yet: POST …/call first.")
        return call

    def state(self, phone: str) -> dict[str, Any]:
        """Where the phone stands, for its screen."""
        call = self._by_phone.get(phone)
        if call is None:
            return {"state": State.ENDED.value, "call": None, "listening": None}
        gather = call.gather
        listening = gather and {
            "speech": gather.speech,
            "keys": gather.keys,
            "num_digits": gather.num_digits or None,
            "finish_on_key": gather.finish_on_key,
            "language": gather.language,
        }
        return {"state": call.state.value, "call": call.sid, "listening": listening}

    def _forget(self, call: LiveCall) -> None:
        call.drop()
        self._by_phone = {phone: one for phone, one in self._by_phone.items() if one is not call}

    # --- for the REST API -------------------------------------------------------------------

    def is_live(self, sid: str) -> bool:
        return sid in self._calls and self._calls[sid].state is not State.ENDED

    def resource(self, sid: str) -> dict[str, Any] | None:
        """The call as Twilio's REST API describes it."""
        call = self._calls.get(sid)
        if call is None:
            return None
        account = self._line.account_sid
        over = call.state is State.ENDED
        duration = int(((call.ended or call.started) - call.started).total_seconds())
        return {
            "sid": sid,
            "account_sid": account,
            "from": call.caller,
            "to": self._line.number,
            "direction": "inbound",
            "status": "completed" if over else "in-progress",
            "duration": str(duration) if over else None,
            "api_version": "2010-04-01",
            "subresource_uris": {},
            "uri": f"/2010-04-01/Accounts/{account}/Calls/{sid}.json",
        }

    async def complete(self, sid: str) -> None:
        await self._calls[sid].complete()

    def redirect(self, sid: str, url: str | None, document: str | None, method: str) -> None:
        self._calls[sid].redirect(url, document, method)

    def clear(self) -> None:
        """End every call without telling anybody, and forget the transcripts."""
        for call in self._calls.values():
            call.drop()
        self._calls.clear()
        self._by_phone.clear()
        self.screens.clear()
