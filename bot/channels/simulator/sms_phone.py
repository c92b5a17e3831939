"""What happens when a person sends an SMS to the business, or gets one?

The message is signed and posted to the app's webhook as Twilio does; what the app sends appears
on the phone. Twilio itself keeps track of who wrote STOP: the app's messages to them are refused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import httpx

from bot.channels.simulator.problem import Refused
from bot.channels.simulator.screen import Now, Screen, Screens
from bot.channels.simulator.webhooks import Call, twilio_call
from bot.channels.sms.segments import segments

# Twilio's own opt-out words (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out).
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
KEPT_MESSAGES = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """The business's number at Twilio and what it is connected to."""

    account_sid: str
    auth_token: str
    number: str
    webhook: str


@dataclass(slots=True)
class Message:
    """One message that the app sent."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    created: datetime
    callback: str | None = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    status: int
    message_sid: str
    last: int


class SmsPhones:
    """Every SMS phone, and Twilio's messaging side of the business's number."""

    def __init__(
        self, line: Line, http: httpx.AsyncClient, now: Now, *, receipt_delay: float
    ) -> None:
        self.line = line
        self._http = http
        self._now = now
        self._receipt_delay = receipt_delay
        self.screens = Screens(now)
        self._last_calls: OrderedDict[str, tuple[Call, str]] = OrderedDict()
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._opted_out: set[str] = set()
        self._receipts: set[asyncio.Task[None]] = set()

    @property
    def life(self) -> str:
        return self.screens.life

    def screen(self, phone: str) -> Screen:
        return self.screens.of(phone)

    def opted_out(self, phone: str) -> bool:
        return phone in self._opted_out

    async def send(self, phone: str, text: str, media: tuple[str, ...] = ()) -> Sent:
        """A person writes to the business; `media` are addresses of pictures (MMS)."""
        word = text.strip().upper()
        if word in STOP_WORDS:
            self._opted_out.add(phone)
        elif word in START_WORDS:
            self._opted_out.discard(phone)
        sid = ("MM" if media else "SM") + uuid4().hex
        form = self._form(sid, phone, text, media)
        call = twilio_call(self.line.webhook, self.line.auth_token, form)
        self._last_calls[phone] = (call, sid)
        while len(self._last_calls) > KEPT_MESSAGES:
            self._last_calls.popitem(last=False)
        self.screen(phone).show(
            **{"from": "customer"}, text=text, media=list(media), segments=segments(text)
        )
        return await self._post(phone, call, sid)

    async def repeat(self, phone: str) -> Sent:
        """Twilio posts the last message again, MessageSid and all."""
        if phone not in self._last_calls:
            raise Refused("Nothing was sent from this phone yet that could be repeated.")
        return await self._post(phone, *self._last_calls[phone])

    def receive(
        self, to: str, body: str, *, sender: str, callback: str | None, failing: int | None = None
    ) -> Message:
        """The app sends an SMS: it appears on the phone and receipts follow. `failing` is the
        error code with which it never arrives."""
        message = Message(
            "SM" + uuid4().hex, to, sender, body, "queued", self._now(), callback=callback
        )
        self._messages[message.sid] = message
        while len(self._messages) > KEPT_MESSAGES:
            self._messages.popitem(last=False)
        if failing is None:
            self.screen(to).show(**{"from": "bot"}, text=body, media=[], segments=segments(body))
        self._later(self._report(message, failing))
        return message

    def find(self, sid: str) -> Message | None:
        return self._messages.get(sid)

    def clear(self) -> None:
        """Forget every phone and drop receipts that are under way."""
        for task in self._receipts:
            task.cancel()
        self._last_calls.clear()
        self._messages.clear()
        self._opted_out.clear()
        self.screens.clear()

    async def close(self) -> None:
        self.clear()
        await asyncio.gather(*self._receipts, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until the receipts under way have been delivered."""
        await asyncio.gather(*self._receipts, return_exceptions=True)

    def _form(self, sid: str, phone: str, text: str, media: tuple[str, ...]) -> Mapping[str, str]:
        pictures: dict[str, str] = {}
        for index, url in enumerate(media):
            pictures |= {f"MediaUrl{index}": url, f"MediaContentType{index}": "image/png"}
        return {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": self.line.account_sid,
            "From": phone,
            "To": self.line.number,
            "Body": text,
            "NumMedia": str(len(media)),
            "NumSegments": str(segments(text)),
            "SmsStatus": "received",
            "FromCountry": "RO",
            "ToCountry": "RO",
            "ApiVersion": "2010-04-01",
            **pictures,
        }

    async def _post(self, phone: str, call: Call, sid: str) -> Sent:
        answer = await call.make(self._http)
        for body in _replies(answer):
            self.receive(phone, body, sender=self.line.number, callback=None)
        return Sent(answer.status_code, sid, self.screen(phone).last)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)

    async def _report(self, message: Message, failing: int | None) -> None:
        """Tell the app how the message fared, as Twilio does a moment later."""
        await asyncio.sleep(self._receipt_delay)
        for status in ("sent", "delivered" if failing is None else "undelivered"):
            message.status = status
            message.error_code = failing if status == "undelivered" else None
            if message.callback:
                await self._report_one(message, message.callback)

    async def _report_one(self, message: Message, callback: str) -> None:
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "AccountSid": self.line.account_sid,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }
        if message.error_code:
            form["ErrorCode"] = str(message.error_code)
        try:
            await twilio_call(callback, self.line.auth_token, form).make(self._http)
        except Refused:
            # Twilio gives up on a receipt that nobody takes; the message's status stays known.
            return


def _replies(answer: httpx.Response) -> list[str]:
    """The <Message> texts of the TwiML with which a webhook may answer."""
    if answer.status_code != 200 or "xml" not in answer.headers.get("content-type", ""):
        return []
    try:
        response = ElementTree.fromstring(answer.text)  # noqa: S314 - our own app's answer
    except ElementTree.ParseError:
        return []
    return ["".join(one.itertext()).strip() for one in response.iter("Message")]
