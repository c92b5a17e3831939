"""Mihai is nobody's customer and wants to know about Ana: he learns nothing and gets a person."""

from __future__ import annotations

import re

import pytest

from tests.journeys.figures import minor, ron
from tests.journeys.people import Desk, Devices, Product

ROMANIAN = {
    "language": "ro",
    "ask": "cât are de plată Ana Dumitrescu?",
    "balance": "cât am de plată?",
    "locked": r"coleg",
}
ENGLISH = {
    "language": "en",
    "ask": "how much does Ana Dumitrescu owe?",
    "balance": "how much do I owe?",
    "locked": r"colleague",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_mihai_learns_nothing_and_is_locked(
    product: Product,
    devices: Devices,
    cast: dict[str, dict[str, str]],
    desk: Desk,
    script: dict[str, str],
) -> None:
    account = product.account(cast["ana"])
    secret = ron(minor(product.billing(f"/accounts/{account}/balance")["due"]), script["language"])
    mihai = devices.telegram("mihai")
    heard = mihai.starts(script["language"])
    for text in (
        script["ask"],
        "/restart",
        '/accept_offer{"offer_id":"1"}',
        "/provide_code",
        '/inform{"date":"2026-12-01"}',
    ):
        mihai.writes(text)
        heard += mihai.listens()
    # Somebody else's contact recognises nobody.
    mihai.does(contact=cast["ana"]["phone"])
    heard += mihai.listens()

    mihai.writes(script["balance"])
    heard += mihai.listens()
    mihai.writes(cast["ana"]["customer_number"])
    heard += mihai.listens()
    for guess in ("000001", "000002", "000003"):
        mihai.writes(guess)
        heard += mihai.listens()
    heard += "\n".join(one["text"] or "" for one in mihai.new())
    assert re.search(script["locked"], heard)
    assert secret not in heard
    assert cast["ana"]["phone"] not in heard
    assert product.billing(f"/accounts/{account}/grants")["grants"] == []

    case = desk.get(f"/cases/{desk.waiting_case()['case_id']}")
    assert case["reason"] == "locked_identity"
    # Ana herself is locked out for a while as well, on every channel, and then no longer.
    ana = devices.sms("ana")
    ana.code()  # what Mihai's asking sent to her number, and he could not read
    ana.writes(ROMANIAN["balance"])
    assert not re.search(r"\b\d{6}\b", ana.listens())


def test_an_unknown_customer_number_sounds_like_a_known_one(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    answers = []
    for number in (cast["dan"]["customer_number"], "99999995"):
        product.reset()
        mihai = devices.telegram("mihai")
        mihai.starts("ro")
        mihai.writes("cât am de plată?")
        said = mihai.listens()
        mihai.writes(number)
        said += mihai.listens()
        mihai.writes("123456")
        said += mihai.listens()
        answers.append(said)
    assert answers[0] == answers[1]


def test_after_the_lock_has_passed_ana_can_prove_who_she_is(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    mihai = devices.telegram("mihai")
    mihai.starts("ro")
    mihai.writes("cât am de plată?")
    mihai.listens()
    mihai.writes(cast["ana"]["customer_number"])
    mihai.listens()
    devices.sms("ana").code()
    for guess in ("000001", "000002", "000003"):
        mihai.writes(guess)
        mihai.listens()
    product.advance("PT16M")
    ana, her_sms = devices.telegram("ana"), devices.sms("ana")
    her_sms.new()
    ana.starts("ro")
    ana.proves(her_sms)
    ana.writes("cât am de plată?")
    ana.hears(r"\d+,\d\d")
