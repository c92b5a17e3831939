"""What the channels' tests share: a recording door, recorded payloads, a provider on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from twilio.request_validator import RequestValidator

from bot.channels.message import Inbound, Receipt, Spoken
from bot.channels.simulator.twiml_rules import complaints
from bot.channels.voice.switchboard import CalledBack, Ending, Sentence
from handoff.conversations import Report

PAYLOADS = Path(__file__).parent / "payloads"


@dataclass
class Stored:
    conversation_id: UUID
    message_id: UUID
    inbound: Inbound
    answer: str | None = None


@dataclass
class RecordingDoor:
    """Keeps the Door's promises in memory: one message per id, words said once."""

    stored: dict[str, Stored] = field(default_factory=dict)
    statuses: list[Report] = field(default_factory=list)
    words: list[Spoken] = field(default_factory=list)  # what `spoken` gives, in order
    waits: list[float] = field(default_factory=list)
    otherwise: Spoken = field(default_factory=lambda: Spoken((), "ro", "bot"))

    @property
    def messages(self) -> list[Inbound]:
        return [stored.inbound for stored in self.stored.values()]

    async def accept(self, inbound: Inbound) -> Receipt:
        known = self.stored.get(inbound.provider_message_id)
        if known:
            return Receipt(known.conversation_id, known.message_id, True, known.answer)
        conversation = next(
            (
                s.conversation_id
                for s in self.stored.values()
                if s.inbound.address == inbound.address
            ),
            uuid4(),
        )
        new = Stored(conversation, uuid4(), inbound)
        self.stored[inbound.provider_message_id] = new
        return Receipt(new.conversation_id, new.message_id, False)

    async def spoken(self, conversation_id: UUID, *, document: str, wait: float) -> Spoken:
        assert any(s.conversation_id == conversation_id for s in self.stored.values())
        self.waits.append(wait)
        return self.words.pop(0) if self.words else self.otherwise

    async def remember_answer(self, message_id: UUID, answer: str) -> None:
        next(s for s in self.stored.values() if s.message_id == message_id).answer = answer

    async def delivery_status(self, report: Report) -> None:
        self.statuses.append(report)


@pytest.fixture
def door() -> RecordingDoor:
    return RecordingDoor()


@dataclass
class RecordingSwitchboard:
    """Keeps the Switchboard's promises in memory: one caller waits for one agent, and one customer
    is called back."""

    asked_for_news: int = 0
    agents: list[Sentence] = field(default_factory=list)  # who is told of a caller, in turn
    takes: list[str] = field(default_factory=list)
    put_downs: int = 0
    customer: CalledBack | None = field(default_factory=lambda: CalledBack("ro", wanted=True))
    accepted: list[tuple[str, str | None]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)

    async def news(self, conversation_id: UUID) -> None:
        self.asked_for_news += 1

    async def whisper(self, call_sid: str) -> Sentence | None:
        return self.agents.pop(0) if self.agents else None

    async def take(self, call_sid: str) -> bool:
        self.takes.append(call_sid)
        return True

    async def put_down(self, conversation_id: UUID) -> None:
        self.put_downs += 1

    async def called_back(self, attempt: UUID) -> CalledBack | None:
        return self.customer

    async def accept(self, attempt: UUID, *, call_sid: str, phone: str | None) -> bool:
        self.accepted.append((call_sid, phone))
        return True

    async def ended(self, attempt: UUID, ending: Ending) -> bool:
        if not self.accepted:
            self.endings.append(ending)
        return bool(self.accepted)


@pytest.fixture
def switchboard() -> RecordingSwitchboard:
    return RecordingSwitchboard()


@pytest.fixture
def payload() -> Callable[[str], bytes]:
    """The bytes of a recorded payload: `payload("telegram/text.json")`."""
    return lambda name: (PAYLOADS / name).read_bytes()


PUBLIC_URL = "https://bot.example"
AUTH_TOKEN = "a7f3c5e1d2b4968700112233445566aa"


class Twilio:
    """Calls our webhooks as Twilio does: form-encoded, signed over the public address."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app)
        # Twilio reaches a proxy; the app itself is called at an address that nobody signed
        self._http = httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000")

    async def post(
        self, path: str, form: bytes | dict[str, str], signature: str | None = None
    ) -> httpx.Response:
        if isinstance(form, bytes):
            form = dict(parse_qsl(form.decode().strip(), keep_blank_values=True))
        right = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC_URL + path, form)
        headers = {"X-Twilio-Signature": right if signature is None else signature}
        answer = await self._http.post(path, data=form, headers=headers)
        if answer.headers.get("content-type", "").startswith("application/xml"):
            assert complaints(answer.text, public=True) == [], answer.text
        return answer


@pytest.fixture
def call_webhooks() -> Callable[[APIRouter], Twilio]:
    """`call_webhooks(router)`: Twilio, in front of an app with these webhooks."""

    def before(router: APIRouter) -> Twilio:
        app = FastAPI()
        app.include_router(router)
        return Twilio(app)

    return before


@dataclass
class Call:
    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Provider:
    """A provider's API on loopback: says what it is told to say and remembers what it heard."""

    url: str
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)

    def will_answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.answers.append((status, body, headers or {}))

    def will_hang_up(self) -> None:
        """Takes the request and closes the connection without an answer."""
        self.answers.append((0, None, {}))


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(lambda: told))
    told = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def _handler_of(provider: Callable[[], Provider]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            provider().calls.append(Call("POST", self.path, form, dict(self.headers), body))
            status, answer, headers = provider().answers.pop(0)
            if status:
                self._answer(status, answer, headers)
            self.close_connection = True

        def _answer(self, status: int, answer: Any, headers: dict[str, str]) -> None:
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Silent."""

    return Handler
