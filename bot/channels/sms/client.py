"""How does a message leave as SMS?"""

from functools import partial

from twilio.rest import Client

from bot.channels.message import Delivered, DeliveryFailed, Outbound
from bot.channels.sms.render import render
from bot.channels.twilio_api import ask


class SmsSender:
    """A `Sender` over Twilio's Messages API.

    `number` is ours, in E.164; `status_callback` is the address for receipts.
    """

    def __init__(self, client: Client, number: str, status_callback: str) -> None:
        self._client = client
        self._number = number
        self._status_callback = status_callback

    async def send(self, message: Outbound) -> Delivered:
        """Raises DeliveryFailed. A long message is several; once the first is taken a failure is
        `uncertain`, because sending again would repeat the beginning. The id is the last one's.
        """
        bodies = render(message)
        if not bodies:
            raise DeliveryFailed("rejected", permanent=True)
        delivered = await self._send(message.address, bodies[0])
        for body in bodies[1:]:
            try:
                delivered = await self._send(message.address, body)
            except DeliveryFailed as failure:
                raise DeliveryFailed(failure.reason, uncertain=True) from failure
        return delivered

    async def _send(self, to: str, body: str) -> Delivered:
        sent = await ask(
            partial(
                self._client.messages.create,
                to=to,
                from_=self._number,
                body=body,
                status_callback=self._status_callback,
            )
        )
        return Delivered(str(sent.sid))
