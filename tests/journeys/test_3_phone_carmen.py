"""Carmen calls: she was charged twice, it is put right on the spot, and she asks for a person."""

from __future__ import annotations

import pytest

from tests.journeys.figures import minor
from tests.journeys.people import Desk, Devices, Phone, Product

ROMANIAN = {
    "language": "ro-RO",
    "choose": "română",
    "how_much": "cât am de plată",
    "twice": "mi-ați luat de două ori banii pentru același serviciu",
    "operator": "operator",
    "lei": r"\blei\b",
    "place": r"locul 1\b|locul unu|primul loc",
}
ENGLISH = {
    "language": "en-US",
    "choose": "english",
    "how_much": "how much do I owe",
    "twice": "I was charged twice for the same thing",
    "operator": "operator",
    "lei": r"\blei\b",
    "place": r"number (1|one)\b",
}


def identifies(phone: Phone, carmen: dict[str, str]) -> str:
    phone.keys(carmen["customer_number"])
    return phone.keys(carmen["pin"])


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_carmen_is_credited_what_she_was_charged_twice(
    product: Product,
    devices: Devices,
    cast: dict[str, dict[str, str]],
    desk: Desk,
    script: dict[str, str],
) -> None:
    account = product.account(cast["carmen"])
    before = minor(product.billing(f"/accounts/{account}/balance")["due"])
    [finding] = product.billing(f"/accounts/{account}/review")["findings"]
    assert finding["kind"] == "duplicate_charge"
    phone = devices.phone("carmen")

    greeting = phone.calls()
    assert "1" in greeting
    assert "2" in greeting, "both languages can be chosen by key"
    phone.says(script["choose"])
    assert phone.language() == script["language"]
    phone.says(script["how_much"])
    identifies(phone, cast["carmen"])
    assert phone.told(script["lei"])

    phone.says(script["twice"])
    after = minor(product.billing(f"/accounts/{account}/balance")["due"])
    assert before - after == minor(finding["amount"])
    [note] = product.billing(f"/accounts/{account}/credit-notes")["credit_notes"]
    assert minor(note["total"]) == minor(finding["amount"])
    assert (note["kind"], note["reason"]) == ("error", "duplicate_charge")

    waiting = phone.says(script["operator"])
    assert phone.state() == "waiting in queue"
    assert phone.told(script["place"]), waiting
    case = desk.waiting_case()
    assert desk.post(f"/cases/{case['case_id']}/take").is_success
    assert desk.post(f"/cases/{case['case_id']}/reply", text="Bună ziua, sunt Maria.").is_success
    phone.hears("sunt Maria")
    phone.hangs_up()
    assert phone.state() == "ended"


def test_the_language_can_be_chosen_by_key(product: Product, devices: Devices) -> None:
    phone = devices.phone("carmen")
    phone.calls()
    phone.keys("2")
    assert phone.language() == "en-US"


def test_silence_and_wrong_keys_are_asked_again_and_then_a_person_comes(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    phone = devices.phone("carmen")
    phone.calls()
    phone.keys("1")
    phone.says("cât am de plată")
    assert phone.keys("123#"), "a wrong number is answered"
    assert phone.state() == "listening"
    said = phone.keeps_silent()
    assert said
    phone.keeps_silent()
    phone.keeps_silent()
    assert phone.state() == "waiting in queue"


def test_a_withheld_number_is_a_new_stranger_each_time(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    phone = devices.phone("carmen")
    phone.calls(withheld=True)
    phone.keys("1")
    phone.says("cât am de plată")
    identifies(phone, cast["carmen"])
    phone.hangs_up()
    phone.calls(withheld=True)
    phone.keys("1")
    phone.says("cât am de plată")
    assert phone.expects_keys(), "the next caller must prove who they are"
    assert not phone.told(r"\d+ de lei|\blei\b.*\bbani\b")


def test_a_repeated_request_gets_the_answer_given_before(
    product: Product, devices: Devices
) -> None:
    phone = devices.phone("ana")
    phone.calls()
    phone.keys("1")
    phone.says("bună ziua")
    again = product.post(f"/simulator/voice/{phone.phone}/say", {"repeat_last": True})
    assert again["status"] == 200
    assert again["same_answer"]
