"""Is only Telegram let in, and is everything that it sends answered?"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from bot.channels.message import Kind, Receipt
from bot.channels.telegram import make_router, receive_and_answer
from bot.channels.telegram.payloads import Press
from bot.channels.telegram.webhook import PATH, SECRET_HEADER

SECRET = "s3cret_of_the_webhook"
Payload = Callable[[str], bytes]


class Buttons:
    """Remembers which callback queries were answered."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.receipts: list[Receipt | None] = []

    async def __call__(self, press: Press, receipt: Receipt | None) -> None:
        self.answered.append(press.query_id)
        self.receipts.append(receipt)


@pytest.fixture
def buttons() -> Buttons:
    return Buttons()


@pytest.fixture
async def telegram(door: Any, buttons: Buttons) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(make_router(door=door, secret=SECRET, answer_button=buttons))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="https://bot.example",
        headers={SECRET_HEADER: SECRET},
    ) as client:
        yield client


def refused(reason: str) -> float:
    labels = {"channel": "telegram", "reason": reason}
    return REGISTRY.get_sample_value("limpede_webhook_refused_total", labels) or 0


async def test_a_message_is_handed_in_once_however_often_it_comes(
    telegram: httpx.AsyncClient, door: Any, payload: Payload
) -> None:
    for _ in range(3):
        answer = await telegram.post(PATH, content=payload("telegram/text.json"))
        assert answer.status_code == 200
    assert [m.text for m in door.messages] == ["De ce e factura mai mare luna asta?"]


async def test_a_pressed_button_is_handed_in_and_its_spinner_stopped(
    telegram: httpx.AsyncClient, door: Any, payload: Payload, buttons: Buttons
) -> None:
    await telegram.post(PATH, content=payload("telegram/button.json"))
    assert [m.kind for m in door.messages] == [Kind.BUTTON]
    assert buttons.answered == ["3006957443410983211"]


async def test_a_press_that_means_nothing_to_us_is_answered_too(
    telegram: httpx.AsyncClient, door: Any, payload: Payload, buttons: Buttons
) -> None:
    update = json.loads(payload("telegram/button.json"))
    update["callback_query"]["from"]["id"] += 1  # somebody else's finger
    await telegram.post(PATH, json=update)
    assert door.messages == []
    assert (buttons.answered, buttons.receipts) == (["3006957443410983211"], [None])


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "ș"])
async def test_without_the_secret_nothing_is_stored(
    telegram: httpx.AsyncClient, door: Any, payload: Payload, secret: str
) -> None:
    before = refused("bad_secret")
    answer = await telegram.post(
        PATH, content=payload("telegram/text.json"), headers={SECRET_HEADER: secret.encode()}
    )
    assert (answer.status_code, door.messages) == (403, [])
    assert refused("bad_secret") == before + 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b"null",
        b"[]",
    ],
)
async def test_what_cannot_be_read_is_not_delivered_again(
    telegram: httpx.AsyncClient, door: Any, body: bytes
) -> None:
    before = refused("unparseable") + refused("unhandled")
    answer = await telegram.post(PATH, content=body)
    assert (answer.status_code, door.messages) == (200, [])
    assert refused("unparseable") + refused("unhandled") == before + 1


async def test_a_body_over_a_mebibyte_is_refused_with_or_without_its_length(
    telegram: httpx.AsyncClient, door: Any
) -> None:
    huge = json.dumps({"update_id": 1, "x": "a" * 1024 * 1024}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield huge

    assert (await telegram.post(PATH, content=huge)).status_code == 413
    assert (await telegram.post(PATH, content=pieces())).status_code == 413
    assert door.messages == []


async def test_ten_thousand_characters_are_a_message(
    telegram: httpx.AsyncClient, door: Any, payload: Payload
) -> None:
    update = json.loads(payload("telegram/text.json"))
    update["message"]["text"] = "م" * 10_000
    assert (await telegram.post(PATH, json=update)).status_code == 200
    assert len(door.messages[0].text) == 10_000


async def test_polling_hands_in_and_answers_like_the_webhook(
    door: Any, buttons: Buttons, payload: Payload
) -> None:
    update = json.loads(payload("telegram/button.json"))
    await receive_and_answer(update, door=door, answer_button=buttons)
    assert [m.text for m in door.messages] == ["k3J9xQ2m"]
    assert buttons.answered == ["3006957443410983211"]
