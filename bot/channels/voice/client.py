"""What can we do to a live call from outside its webhooks?

Words need no sender: a call fetches them itself. Ending one does, when nothing is being fetched.
"""

from twilio.rest import Client

from bot.channels.message import DeliveryFailed
from bot.channels.twilio_api import ask


class Calls:
    """Live calls, over Twilio's Calls API."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def hang_up(self, call_sid: str) -> None:
        """End a call, wherever it stands. Raises DeliveryFailed; one that is over already, or
        was never there, is `rejected` for good."""
        try:
            await ask(lambda: self._client.calls(call_sid).update(status="completed"))
        except DeliveryFailed as failure:
            if failure.uncertain:  # ending a call twice ends it once: this may be tried again
                raise DeliveryFailed(failure.reason) from failure
            raise
