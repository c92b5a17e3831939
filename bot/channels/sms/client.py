"""How does a message leave as SMS?"""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from twilio.rest import Client

from bot.channels.message import Delivered, DeliveryFailed, Outbound
from bot.channels.sms.render import render
from bot.channels.sms.segments import Diacritics, segments
from bot.channels.twilio_api import ask


@dataclass(frozen=True, slots=True)
class From:
    """Who our SMS are from: one of `numbers` (E.164, the first one by default), or whichever a
    messaging service (`service`, its SID) chooses."""

    numbers: tuple[str, ...] = ()
    service: str | None = None

    def sender(self, line: str | None) -> dict[str, str]:
        """As Twilio wants it: a customer goes on hearing from the number they wrote to."""
        if self.service is None:
            return {"from_": line if line in self.numbers and line else self.numbers[0]}
        known = {"from_": line} if line else {}
        return {"messaging_service_sid": self.service, **known}


class SmsSender:
    """A `Sender` over Twilio's Messages API. `status_callback` is the address for receipts."""

    def __init__(
        self,
        client: Client,
        origin: From,
        status_callback: str,
        diacritics: Diacritics = Diacritics.KEEP,
    ) -> None:
        self._client = client
        self._origin = origin
        self._status_callback = status_callback
        self._diacritics = diacritics

    async def send(self, message: Outbound) -> Delivered:
        """Raises DeliveryFailed. A long message is several; once the first is taken a failure is
        `uncertain`, because sending again would repeat the beginning. The id is the last one's.
        """
        bodies = render(message, self._diacritics)
        if not bodies:
            raise DeliveryFailed("rejected", permanent=True)
        sid = await self._send(message, bodies, 1)
        for part in range(2, len(bodies) + 1):
            try:
                sid = await self._send(message, bodies, part)
            except DeliveryFailed as failure:
                raise DeliveryFailed(failure.reason, uncertain=True) from failure
        return Delivered(sid, segments=sum(segments(body) for body in bodies))

    async def _send(self, message: Outbound, bodies: list[str], part: int) -> str:
        sent = await ask(
            partial(
                self._client.messages.create,
                to=message.address,
                body=bodies[part - 1],
                status_callback=self._callback(message, part, len(bodies)),
                **self._origin.sender(message.line),
            )
        )
        return str(sent.sid)

    def _callback(self, message: Outbound, part: int, of: int) -> str:
        """Our own id goes along: when sending timed out we never learn Twilio's."""
        if message.id is None:
            return self._status_callback
        told = {"message": str(message.id)} | ({"part": part, "of": of} if of > 1 else {})
        return f"{self._status_callback}?{urlencode(told)}"
