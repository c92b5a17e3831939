"""How are calls made, and what can we do to a live one from outside its webhooks?

Words need no sender: a call fetches them itself. Ending one does, when nothing is being fetched.
"""

from uuid import UUID

from twilio.rest import Client

from bot.channels.message import DeliveryFailed
from bot.channels.twilio_api import ask

RINGING = 25  # seconds; a voicemail usually answers after that


class Calls:
    """Calls, over Twilio's Calls API. `number` is ours, `base` is where our voice webhooks are."""

    def __init__(self, client: Client, number: str, base: str) -> None:
        self._client = client
        self._number = number
        self._base = base

    async def call_back(self, phone: str, attempt: UUID) -> None:
        """Call a customer for one try. Twilio first finds out whether a machine answers, and
        lets it finish its greeting. Raises DeliveryFailed; an `uncertain` one may be ringing."""
        about = f"attempt={attempt}"
        await ask(
            lambda: self._client.calls.create(
                to=phone,
                from_=self._number,
                url=f"{self._base}/callback?{about}",
                status_callback=f"{self._base}/callback-status?{about}",
                status_callback_event=["completed"],
                machine_detection="DetectMessageEnd",
                timeout=RINGING,
            )
        )

    async def hang_up(self, call_sid: str) -> None:
        """End a call, wherever it stands. Raises DeliveryFailed; one that is over already, or
        was never there, is `rejected` for good."""
        try:
            await ask(lambda: self._client.calls(call_sid).update(status="completed"))
        except DeliveryFailed as failure:
            if failure.uncertain:  # ending a call twice ends it once: this may be tried again
                raise DeliveryFailed(failure.reason) from failure
            raise
