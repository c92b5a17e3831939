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
    def number(self) -> str:
        """The business's own."""
        return self._line.number

    @property
    def life(self) -> str:
        return self.screens.life

    def screen(self, phone: str) -> Screen:
        return self.screens.of(phone)

    async def call(self, phone: str, *, withheld: bool = False) -> tuple[LiveCall, int]:
        """Dial the business; answers (the call, the app's status)."""
        if self._is_busy(phone):
            raise Refused("This phone is in a call already: hang up first.")
        caller = WITHHELD if withheld else phone
        call = self._place(self._line, caller, phone)
        return call, await call.begin()

    def call_out(
        self, phone: str, *, url: str, status_url: str, seconds: float, detects_machines: bool
    ) -> LiveCall:
        """The business calls a phone, which rings; one that is in a call is busy."""
        line = self._line.calling(url, status_url, "outbound-api")
        busy = self._is_busy(phone)
        call = self._place(line, phone, phone)
        call.ring(seconds, detects_machines=detects_machines, busy=busy)
        return call

    def _dial(self, phone: str, whisper: str, seconds: float) -> LiveCall:
        """A caller is to be put through: another phone rings."""
        busy = self._is_busy(phone)
        call = self._place(self._line.calling(whisper, "", "outbound-dial"), phone, phone)
        call.ring(seconds, busy=busy)
        return call

    def _place(self, line: VoiceLine, caller: str, phone: str) -> LiveCall:
        call = LiveCall(
            line,
            caller,
            self.screen(phone),
            self._http,
            self._now,
            pace=self._pace,
            dial=self._dial,
        )
        self._calls[call.sid] = call
        if not self._is_busy(phone):
            self._by_phone[phone] = call
        while len(self._calls) > KEPT_CALLS:
            self._forget(self._calls.popitem(last=False)[1])
        return call

    def _is_busy(self, phone: str) -> bool:
        before = self._by_phone.get(phone)
        return before is not None and before.state is not State.ENDED

    def of(self, phone: str) -> LiveCall:
        """The phone's present or last call; Refused when it never had one."""
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
            "from": call.line.number if call.line.outgoing else call.caller,
            "to": call.caller if call.line.outgoing else call.line.number,
            "direction": call.line.direction,
            "status": call.status,
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
