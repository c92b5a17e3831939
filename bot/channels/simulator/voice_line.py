"""How does Twilio's voice side ask the app for TwiML, and tell it how a call ended?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.channels.simulator.webhooks import Call, twilio_call

# The number that Twilio gives for callers who hide theirs.
WITHHELD = "+266696687"


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """The business's voice number at Twilio and what it is connected to."""

    account_sid: str
    auth_token: str = field(repr=False)
    number: str
    webhook: str
    status_webhook: str
    # "inbound": somebody calls the business; "outbound-api" and "outbound-dial": it calls them.
    direction: str = "inbound"

    @property
    def outgoing(self) -> bool:
        return self.direction != "inbound"

    def calling(self, webhook: str, status_webhook: str, direction: str) -> VoiceLine:
        """The line in a call that the business makes."""
        return replace(self, webhook=webhook, status_webhook=status_webhook, direction=direction)

    def call(
        self, url: str, method: str, sid: str, caller: str, status: str, more: Mapping[str, str]
    ) -> Call:
        """A signed request about a call; `status` is Twilio's CallStatus, `caller` the other
        party, whoever called whom."""
        sides = (self.number, caller) if self.outgoing else (caller, self.number)
        form = {
            "CallSid": sid,
            "AccountSid": self.account_sid,
            "From": sides[0],
            "Caller": sides[0],
            "To": sides[1],
            "Called": sides[1],
            "CallStatus": status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
            "FromCountry": "" if caller == WITHHELD else "RO",
            "ToCountry": "RO",
            **more,
        }
        return twilio_call(url, self.auth_token, form, method)
