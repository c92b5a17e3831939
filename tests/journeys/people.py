"""How does a test write, call and sit at the desk, from outside, over HTTP alone?"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 15.0  # seconds until a customer is sure that nothing comes any more


@dataclass
class Product:
    """The running product."""

    url: str
    var: Path
    process: subprocess.Popen[bytes]
    log: Path
    resets: int = 0  # whoever keeps in mind what was used of the demo sees that it is fresh
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return
            except httpx.HTTPError:
                pass
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)  # it should not end: this is the pause between two looks
        raise AssertionError(f"the product did not start:\n{self.log.read_text()[-6000:]}")

    def close(self) -> None:
        self._http.close()

    def reset(self) -> None:
        self.resets += 1
        # A weekday morning: people are at the desk, and no quiet hours.
        self.post("/simulator/reset", {"at": "2026-11-24T10:00:00+02:00"})

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        response = self._http.post(f"{self.url}{path}", json=body or {})
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        result: dict[str, Any] = response.json()
        return result

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        response = self._http.get(f"{self.url}{path}", params=params)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        result: dict[str, Any] = response.json()
        return result

    def advance(self, duration: str) -> None:
        self.post("/simulator/clock", {"advance": duration})

    def billing(self, path: str, **params: Any) -> Any:
        """The billing API, as a company's own program would read it."""
        response = self._http.get(
            f"{self.url}/api/billing/v1{path}",
            params=params,
            headers={"Authorization": f"Bearer {self.api_token()}"},
        )
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()

    def cast(self) -> dict[str, dict[str, str]]:
        """The people of the demo by their key: "ana", "customer4"."""
        people = self.get("/simulator/cast")
        return {person["key"]: person for person in [*people["cast"], *people["ordinary"]]}

    def account(self, person: dict[str, str]) -> str:
        """The account of somebody of the cast."""
        [customer] = self.billing("/customers", number=person["customer_number"])["customers"]
        account: str = customer["account_id"]
        return account

    def api_token(self) -> str:
        token: str = json.loads((self.var / "keys.json").read_text())["api_token"]
        return token


class Device:
    """A screen that is read on from where it was last read."""

    path: str

    def __init__(self, product: Product) -> None:
        self.product = product
        self._read = 0

    def hears(self, pattern: str, *, seconds: float = PATIENCE) -> str:
        """Read on until something said matches; answers all that was said since last time."""
        return self._until(lambda text: re.search(pattern, text, re.IGNORECASE), pattern, seconds)

    def listens(self, seconds: float = PATIENCE) -> str:
        """Read on until anything is said."""
        return self._until(bool, "anything", seconds)

    def new(self, *, wait: float = 0) -> list[dict[str, Any]]:
        """What is on the screen and not read yet, both directions; `wait` seconds for anything."""
        page = self.product.get(self.path, after=self._read, wait=wait)
        self._read = page["last"]
        messages: list[dict[str, Any]] = page["messages"]
        return messages

    def _until(self, wanted: Callable[[str], Any], what: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        said: list[str] = []
        while True:
            left = deadline - time.monotonic()
            page = self.product.get(self.path, after=self._read, wait=max(0.0, min(left, 5.0)))
            self._read = max(self._read, page["last"])
            said += [one["text"] for one in page["messages"] if heard(one)]
            text = "\n".join(said)
            if wanted(text):
                return text
            assert left > 0, f"expected {what!r}, but was told: {text!r}"


def heard(message: dict[str, Any]) -> bool:
    """Whether it was said to the customer, not by them."""
    return message.get("from") not in ("customer", "caller", "me") and bool(message.get("text"))


class Telegram(Device):
    def __init__(self, product: Product, user_id: str) -> None:
        super().__init__(product)
        self.user_id = user_id
        self.path = f"/simulator/telegram/{user_id}/messages"

    def does(self, **deed: Any) -> dict[str, Any]:
        return self.product.post(f"/simulator/telegram/{self.user_id}/send", deed)

    def writes(self, text: str) -> None:
        self.does(text=text)

    def presses(self, title: str) -> None:
        self.does(button=title)

    def starts(self, language: str) -> str:
        self.does(text="/start", language=language)
        return self.listens()

    def proves(self, sms: Sms) -> str:
        """Share one's own contact and type the code that arrives by SMS."""
        self.does(contact="own")
        self.hears(r"\bcod")
        self.writes(sms.code())
        return self.listens()


class Sms(Device):
    def __init__(self, product: Product, phone: str) -> None:
        super().__init__(product)
        self.phone = phone
        self.path = f"/simulator/sms/{phone}/messages"

    def does(self, **deed: Any) -> None:
        self.product.post(f"/simulator/sms/{self.phone}/send", deed)

    def writes(self, text: str) -> None:
        self.does(text=text)

    def repeats(self) -> None:
        self.does(repeat_last=True)

    def code(self) -> str:
        """The code in the SMS that arrives."""
        found = re.search(r"\b\d{6}\b", self.hears(r"\b\d{6}\b"))
        assert found
        return found[0]


class Phone(Device):
    def __init__(self, product: Product, phone: str) -> None:
        super().__init__(product)
        self.phone = phone
        self.path = f"/simulator/voice/{phone}/transcript"

    def calls(self, *, withheld: bool = False) -> str:
        return self._does("call", withheld=withheld)

    def says(self, text: str) -> str:
        return self._does("say", text=text)

    def keys(self, keys: str) -> str:
        return self._does("keys", keys=keys)

    def keeps_silent(self) -> str:
        return self._does("silence")

    def hangs_up(self) -> None:
        self._does("hangup")

    def state(self) -> str:
        return str(self.product.get(self.path)["state"])

    def language(self) -> str:
        """The language in which the caller was last spoken to."""
        page = self.product.get(self.path)
        return str([one["language"] for one in page["messages"] if heard(one)][-1])

    def told(self, pattern: str) -> bool:
        """Whether something like it was said in the present call."""
        page = self.product.get(self.path)
        said = [
            one["text"]
            for one in page["messages"]
            if heard(one) and one.get("call") in (None, page["call"])
        ]
        return re.search(pattern, "\n".join(said), re.IGNORECASE) is not None

    def expects_keys(self) -> bool:
        return bool((self.product.get(self.path)["listening"] or {}).get("num_digits"))

    def _does(self, deed: str, **what: Any) -> str:
        """Do it and answer what was said to the caller until the phone settled."""
        self.product.post(f"/simulator/voice/{self.phone}/{deed}", what)
        return "\n".join(one["text"] for one in self.new() if heard(one))


class Devices:
    """Everybody's devices."""

    def __init__(self, product: Product, cast: dict[str, dict[str, str]]) -> None:
        self._product = product
        self._cast = cast

    def telegram(self, who: str) -> Telegram:
        return Telegram(self._product, self._cast[who]["telegram_id"])

    def sms(self, who: str) -> Sms:
        return Sms(self._product, self._cast[who]["phone"])

    def phone(self, who: str) -> Phone:
        return Phone(self._product, self._cast[who]["phone"])


class Desk:
    """An agent at the desk, by its JSON API."""

    def __init__(self, product: Product, email: str) -> None:
        self.product = product
        self._client = httpx.Client(base_url=f"{product.url}/desk/api", timeout=30)
        agents = product.get("/simulator/cast")["agents"]
        password = next(one["password"] for one in agents if one["email"] == email)
        signed_in = self._client.post("/sign-in", json={"email": email, "password": password})
        assert signed_in.is_success, signed_in.text
        # A script shows its token; the cookie is for browsers.
        self._client.cookies.clear()
        self._client.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        response = self._client.get(path)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self._client.post(path, json=body)

    def waiting_case(self) -> dict[str, Any]:
        """The first case in the queue; ask after the customer has heard of it."""
        waiting = self.get("/queue")["waiting"]
        assert waiting, "nobody is waiting"
        case: dict[str, Any] = waiting[0]
        return case

    def sees(self, path: str, words: str) -> None:
        """Follow the case until the customer's words are there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if any(words == one["text"] for one in self.get(path)["messages"]):
                return
        raise AssertionError(f"the desk never saw {words!r}")
