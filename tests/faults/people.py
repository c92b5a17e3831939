"""What do customers do in a storm, and what do they see and hear?

A provider delivers their messages as Telegram and Twilio do: signed, in order, again until it is
told 200, and sometimes once more although it was.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from itertools import count
from random import Random
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from bot.channels.simulator import twiml
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.webhooks import Call, telegram_call, twilio_call
from bot.channels.voice.render import ONE_MOMENT, TROUBLE
from bot.texts import Texts
from limpede.settings import ROOT
from tests.faults.stack import ACCOUNT, AUTH_TOKEN, NUMBER, TELEGRAM_SECRET, Stack

PATIENCE = 120.0  # seconds until a customer is sure that nothing comes any more
AGAIN_SECONDS = 0.3  # between two deliveries of what nobody took
LONGEST_WISH = 5  # answers to the bot's questions on the way
REPEATED = 0.2  # so often something is delivered again although it was taken

QUESTIONS = (
    "cât am de plată?",
    "când am scadența?",
    "ce abonament am?",
    "de ce e mai mare factura luna asta?",
    "ați primit plata mea?",
    "cum pot plăti?",
    "ești robot?",
)
# How a wish begins that ends in a change of money, if the customer says yes.
WISHES = (
    "aș vrea să plătesc mai târziu",
    "e prea scump, vreau un preț mai mic",
    "nu sunt de acord cu factura, vreau să o contest",
    "mi-ați luat de două ori banii pentru același serviciu",
)
# What the bot asks on the way, what is answered, and which change of money (by its table) the
# answer agrees to.
STEPS = (
    (r"Plătiți .*Confirmați\?", "da", "arrangement"),
    (r"O aplic\?", "da", "discount_grant"),
    (r"contestație pentru .*Confirmați\?", "da", "dispute"),
    (r"O deschid\?|răspunde un coleg\?", "da", None),
    (r"Ce sumă contestați\?", "toată factura", None),
    (r"Ce nu este corect\?", "nu am fost acasă toată luna", None),
    (r"Care zi vi se potrivește\?|În ce zi\?", "2", None),
    (r"În ce zi doriți să plătiți\?", "peste cinci zile", None),
)
# Said by the line itself, as often as it takes.
_TEXTS = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
_THE_LINE_SAYS = {_TEXTS.say(name, "ro", "voice").text for name in (ONE_MOMENT, TROUBLE)}
_update_ids = count(int(time.time() * 1000) % 2**31)


@dataclass
class Sent:
    """A message of the customer's that the app took."""

    provider_id: str
    text: str
    deliveries: int = 0


@dataclass
class Person:
    """One customer in one conversation. `yeses` are the changes of money agreed to, by table."""

    stack: Stack
    http: httpx.AsyncClient
    rng: Random
    account: str
    customer: str
    messages: int
    took: asyncio.Event
    sent: list[Sent] = field(default_factory=list)
    yeses: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    calls: list[tuple[Call, Sent]] = field(default_factory=list)

    channel = ""
    address = ""

    async def live(self) -> None:
        """Say as much as was planned, sometimes waiting for an answer, sometimes not."""
        await self.begin()
        await asyncio.to_thread(self._prove)
        wish: str | None = self.rng.choice(WISHES)
        while len(self.sent) < self.messages:
            left = self.messages - len(self.sent)
            if wish is not None and left >= 3 and self.rng.random() < 0.5:
                await self.wishes(wish)
                wish = None
            else:
                for _ in range(min(left, self.rng.randint(1, 3))):
                    await self.says(self.rng.choice(QUESTIONS))
                await self.hears()
        await self.end()

    async def wishes(self, wish: str) -> None:
        """Ask for something and see it through, as far as the bot goes along."""
        await self.hears()  # what was said before is not the answer
        await self.says(wish)
        for _ in range(LONGEST_WISH):
            step = _step(await self.hears())
            if step is None:
                return
            answer, agreed = step
            if await self.says(answer) and agreed is not None:
                self.yeses.append(agreed)
                return

    # --- what differs by channel ---

    async def begin(self) -> None: ...

    async def says(self, text: str) -> bool:
        """True when it could be said."""
        return False

    async def hears(self) -> str:
        """What was said since last time, once every message has its answer or patience is over."""
        return ""

    async def end(self) -> None: ...

    # --- what all share ---

    async def deliver(self, call: Call, message: Sent) -> httpx.Response:
        """The provider delivers, again and again until it is told 200; now and then once more."""
        while True:
            message.deliveries += 1
            try:
                answer = await call.make(self.http)
            except Refused:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status_code == 200:
                break
            assert answer.status_code >= 500, answer.text
            await asyncio.sleep(AGAIN_SECONDS)
        self.took.set()
        return answer

    def _prove(self) -> None:
        """By way of the database: how a customer proves who they are is not what is tried here."""
        self.stack.rows(
            "INSERT INTO identification (conversation_id, customer_id, method, verified_at)"
            " SELECT id, %s, 'code', clock_timestamp() FROM conversation"
            " WHERE channel = %s AND address = %s"
            # A call has recognised its caller already.
            " ON CONFLICT (conversation_id) DO UPDATE SET customer_id = excluded.customer_id,"
            " method = excluded.method, verified_at = excluded.verified_at"
            " RETURNING conversation_id",
            self.customer,
            self.channel,
            self.address,
        )


class Writer(Person):
    """Somebody who types, on Telegram or by SMS."""

    screen = ""

    _read = 0
    _heard = 0
    _missing = 0  # answers that are not waited for any more

    async def hears(self) -> str:
        said: list[str] = []
        deadline = time.monotonic() + PATIENCE
        while self._heard + self._missing < len(self.sent) and time.monotonic() < deadline:
            fresh = await self._screen(wait=2.0)
            said += fresh
            self._heard += len(fresh)
            if not fresh and not await asyncio.to_thread(self._something_is_coming):
                self._missing = len(self.sent) - self._heard
        return "\n".join(said)

    def _something_is_coming(self) -> bool:
        """A customer would wait for longer; here it is known when nothing comes any more, because
        a delivery was lost or a person is to answer."""
        found = self.stack.rows(
            "SELECT 1 FROM conversation AS c WHERE c.channel = %s AND c.address = %s AND ("
            " EXISTS (SELECT FROM inbound_message AS m"
            "         WHERE m.conversation_id = c.id AND m.handled_at IS NULL)"
            " OR EXISTS (SELECT FROM outbound_message AS o WHERE o.conversation_id = c.id"
            "            AND o.status IN ('queued', 'sending')))",
            self.channel,
            self.address,
        )
        return bool(found)

    async def read(self) -> None:
        """Everything that was ever shown."""
        self._read = 0
        self.seen = await self._screen(wait=0)

    async def _screen(self, *, wait: float) -> list[str]:
        answer = await self.http.get(
            f"{self.stack.providers.url}/{self.screen}/messages",
            params={"after": self._read, "wait": wait},
            timeout=30,
        )
        page = answer.raise_for_status().json()
        self._read = max(self._read, page["last"])
        return [one["text"] for one in page["messages"] if one["from"] == "bot"]

    async def _deliver_and_repeat(self, call: Call, message: Sent) -> bool:
        """Now and then the provider delivers something once more, not always the last."""
        await self.deliver(call, message)
        self.sent.append(message)
        self.calls.append((call, message))
        if self.rng.random() < REPEATED:
            await self.deliver(*self.rng.choice(self.calls))
        return True


class OnTelegram(Writer):
    channel = "telegram"

    async def begin(self) -> None:
        self.address = str(10_000_000 + self.rng.randrange(10**9))
        self.screen = f"telegram/{self.address}"
        # The chat must have begun at Telegram before a bot may write to it.
        url = f"{self.stack.providers.url}/{self.screen}/send"
        answer = await self.http.post(url, json={"text": "/start", "language": "ro"}, timeout=60)
        while not (answer.is_success and answer.json()["status"] == 200):
            await asyncio.sleep(AGAIN_SECONDS)
            again = {"repeat_last": True}
            answer = await self.http.post(url, json=again, timeout=60)
        deadline = time.monotonic() + PATIENCE
        while not await self._screen(wait=2.0) and time.monotonic() < deadline:
            pass

    async def says(self, text: str) -> bool:
        number = next(_update_ids)
        update = {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": int(time.time()),
                "text": text,
                "chat": {"id": int(self.address), "type": "private"},
                "from": {
                    "id": int(self.address),
                    "is_bot": False,
                    "first_name": "Ion",
                    "language_code": "ro",
                },
            },
        }
        call = telegram_call(f"{self.stack.url}/webhooks/telegram", TELEGRAM_SECRET, update)
        return await self._deliver_and_repeat(call, Sent(f"{self.address}:{number}", text))


class BySms(Writer):
    channel = "sms"

    async def begin(self) -> None:
        self.address = f"+407{self.rng.randrange(10**8):08d}"
        self.screen = f"sms/{self.address}"
        await self.says("salut")
        await self.hears()

    async def says(self, text: str) -> bool:
        sid = f"SM{uuid4().hex}"
        form = {
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": self.address,
            "To": NUMBER,
            "Body": text,
            "NumMedia": "0",
        }
        call = twilio_call(f"{self.stack.url}/webhooks/sms", AUTH_TOKEN, form)
        return await self._deliver_and_repeat(call, Sent(sid, text))


class Caller(Person):
    """Somebody on the phone: every document is asked for until there is one, as Twilio does where
    its number is set to try again; what is in it is heard once."""

    channel = "voice"

    async def begin(self) -> None:
        self.address = f"CA{uuid4().hex}"
        self._phone = f"+407{self.rng.randrange(10**8):08d}"
        self._over = False
        self._fresh: list[str] = []
        self._listening: twiml.Gather | None = None
        self._at = self.stack.providers.line().webhook
        await self._ask(self._at, {}, Sent(f"{self.address}:0", ""))

    async def says(self, text: str) -> bool:
        if self._over or self._listening is None:
            self.messages = len(self.sent)  # nobody listens any more
            return False
        step = re.search(r"step=(\d+)", self._listening.action)
        assert step is not None
        act = {"Digits": text} if text.isdigit() else {"SpeechResult": text, "Confidence": "0.9"}
        url = urljoin(self._at, self._listening.action)
        await self._ask(url, act, Sent(f"{self.address}:{step[1]}", text))
        return True

    async def hears(self) -> str:
        said, self._fresh = "\n".join(self._fresh), []
        return said

    async def end(self) -> None:
        line = self.stack.providers.line()
        more = {"CallDuration": "60"}
        call = line.call(line.status_webhook, "POST", self.address, self._phone, "completed", more)
        await self.deliver(call, Sent("", ""))

    async def _ask(self, url: str, act: dict[str, str], message: Sent) -> None:
        """Fetch the document and follow it until it listens."""
        document = await self._fetch(url, act, message)
        self.sent.append(message)
        while document is not None:
            step = twiml.perform(twiml.parse(document))
            self._hear(step.heard)
            self._at = url
            match step.then:
                case twiml.Redirect(there):
                    url = urljoin(self._at, there)
                case twiml.Pause(seconds):
                    await asyncio.sleep(min(seconds, 0.5))
                    [redirect] = step.rest
                    assert isinstance(redirect, twiml.Redirect)
                    url = urljoin(self._at, redirect.url)
                case twiml.Gather() as gather if len(step.rest) == 0:
                    self._listening = gather
                    return
                case twiml.Gather():  # a moment to interrupt; then on to the next document
                    self._listening = None
                    [then] = [verb for verb in step.rest if not isinstance(verb, twiml.Gather)]
                    if not isinstance(then, twiml.Redirect):
                        self._over = True  # a person was called in: that is another story
                        return
                    url = urljoin(self._at, then.url)
                case _:
                    self._over = True
                    return
            document = await self._fetch(url, {}, Sent("", ""))

    async def _fetch(self, url: str, act: dict[str, str], message: Sent) -> str:
        line = self.stack.providers.line()
        call = line.call(url, "POST", self.address, self._phone, "in-progress", act)
        answer = (await self.deliver(call, message)).text
        if self.rng.random() < REPEATED:
            again = (await self.deliver(call, message)).text
            assert again == answer, "a repeated request got another document"
        return answer

    def _hear(self, heard: tuple[twiml.Say | twiml.Play, ...]) -> None:
        words = [one.text for one in heard if isinstance(one, twiml.Say)]
        words = [each for each in words if each not in _THE_LINE_SAYS]
        self._fresh += words
        self.seen += words

    async def read(self) -> None:
        """It was heard already."""


def _step(said: str) -> tuple[str, str | None] | None:
    """How a question of the bot's is answered, and what that agrees to."""
    for asked, answer, agreed in STEPS:
        if re.search(asked, said, re.DOTALL):
            return answer, agreed
    return None
