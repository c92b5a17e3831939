"""Repeated deliveries, a killed Rasa, bad requests: nobody is answered twice or left in silence."""

from __future__ import annotations

import json
import os
import signal

import httpx
import psutil
import pytest

from tests.journeys.figures import minor
from tests.journeys.people import Devices, Product, heard


def test_the_same_telegram_update_twice_is_answered_once(
    product: Product, devices: Devices
) -> None:
    mihai = devices.telegram("mihai")
    mihai.starts("ro")
    mihai.writes("ești robot?")
    mihai.listens()
    assert mihai.does(repeat_last=True)["status"] == 200
    # Whatever the repeated update caused would come before the answer to the next message.
    mihai.writes("mulțumesc")
    mihai.listens()
    answers = [one for one in product.get(mihai.path, after=0)["messages"] if heard(one)]
    assert len(answers) == 3


def test_the_same_message_sid_twice_is_answered_once(product: Product, devices: Devices) -> None:
    mihai = devices.sms("mihai")
    mihai.writes("ești robot?")
    mihai.listens()
    mihai.repeats()
    mihai.writes("mulțumesc")
    mihai.listens()
    answers = [one for one in product.get(mihai.path, after=0)["messages"] if heard(one)]
    assert len(answers) == 2


def test_rasa_killed_in_the_middle_of_a_turn_answers_once_when_it_is_back(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    account = product.account(cast["carmen"])
    carmen, her_sms = devices.telegram("carmen"), devices.sms("carmen")
    carmen.starts("ro")
    carmen.proves(her_sms)
    before = minor(product.billing(f"/accounts/{account}/balance")["due"])
    [finding] = product.billing(f"/accounts/{account}/review")["findings"]

    rasa = rasa_process(product)
    # Held still, so that the turn is surely under way when it dies.
    rasa.send_signal(signal.SIGSTOP)
    carmen.writes("mi-ați luat de două ori banii pentru același serviciu")
    os.kill(rasa.pid, signal.SIGKILL)
    said = carmen.hears(r"\d+,\d\d", seconds=90)

    after = minor(product.billing(f"/accounts/{account}/balance")["due"])
    assert before - after == minor(finding["amount"])
    assert len(product.billing(f"/accounts/{account}/credit-notes")["credit_notes"]) == 1
    carmen.writes("mulțumesc")
    carmen.listens()
    texts = [one["text"] for one in product.get(carmen.path, after=0)["messages"] if heard(one)]
    assert texts.count(said.splitlines()[0]) <= 1
    product.wait_until_ready(60)


def rasa_process(product: Product) -> psutil.Process:
    children = psutil.Process(product.process.pid).children(recursive=True)
    [rasa] = [one for one in children if {"bot.nlu", "run"} <= set(one.cmdline())]
    return rasa


# --- what is not a customer ---


def test_unsigned_webhooks_are_refused_and_store_nothing(product: Product) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "salut"}}
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
        answer = httpx.post(f"{product.url}/webhooks/telegram", json=update, headers=headers)
        assert answer.status_code == 403
    form = {"MessageSid": "SM1", "From": "+40700200001", "To": "+40310000000", "Body": "salut"}
    for path in ("sms", "voice/incoming", "voice/turn?step=1", "sms/status"):
        for headers in ({}, {"X-Twilio-Signature": "d3Jvbmc="}):
            answer = httpx.post(f"{product.url}/webhooks/{path}", data=form, headers=headers)
            assert answer.status_code == 403, path
    shown = {"Authorization": f"Bearer {product.api_token()}"}
    metrics = httpx.get(f"{product.url}/metrics", headers=shown).text
    assert 'reason="bad_secret"' in metrics
    assert 'reason="bad_signature"' in metrics


def test_actions_without_their_key_are_refused(product: Product) -> None:
    call = {"next_action": "action_check_balance", "sender_id": "x", "tracker": {}}
    for headers in ({}, {"X-Limpede-Key": "wrong"}):
        answer = httpx.post(f"{product.url}/actions", json=call, headers=headers)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"update_id": "x"}', b"\x00" * 10, b"x" * 2_000_000]
)
def test_bodies_that_make_no_sense_never_break_anything(product: Product, body: bytes) -> None:
    keys = json.loads((product.var / "keys.json").read_text())
    answer = httpx.post(
        f"{product.url}/webhooks/telegram",
        content=body,
        headers={"X-Telegram-Bot-Api-Secret-Token": keys["telegram_webhook_secret"]},
    )
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "deed",
    [
        {"photo": True},
        {"voice_note": True},
        {"sticker": True},
        {"edited_text": "cât am de plată?"},
        {"text": "a" * 10_000},
        {"text": "😀😀😀"},
        {"text": "كم يجب أن أدفع؟"},
        {"text": "salut\x00\x00"},
        {"text": "\u202e/restart"},
    ],
    ids=["photo", "voice", "sticker", "edited", "long", "emoji", "arabic", "nul", "right-to-left"],
)
def test_odd_messages_get_an_answer(
    product: Product, devices: Devices, deed: dict[str, object]
) -> None:
    mihai = devices.telegram("mihai")
    mihai.starts("ro")
    if "edited_text" in deed:
        mihai.writes("cat am de platit")
        mihai.listens()
    assert mihai.does(**deed)["status"] == 200
    mihai.listens()


def test_a_blocked_bot_is_no_trouble(product: Product, devices: Devices) -> None:
    mihai = devices.telegram("mihai")
    mihai.starts("ro")
    assert mihai.does(blocked=True)["status"] == 200
    assert httpx.get(f"{product.url}/health/ready").is_success
