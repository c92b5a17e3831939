"""Ana asks on Telegram why her invoice went up, asks for a lower price, and gets what the policy
allows."""

from __future__ import annotations

import re

import pytest

from tests.journeys.figures import amounts, minor, ron
from tests.journeys.people import Devices, Product

ROMANIAN = {
    "language": "ro",
    "why": "de ce e mai mare factura luna asta?",
    "cheaper": "e prea scump, vreau un preț mai mic",
    "yes": "da, accept",
    "balance": "cât am de plată?",
    "discount": "reducere",
}
ENGLISH = {
    "language": "en",
    "why": "why is my bill higher this month?",
    "cheaper": "that's too expensive, I want a lower price",
    "yes": "yes please",
    "balance": "how much do I owe?",
    "discount": "discount",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_ana_understands_her_invoice_and_gets_a_discount(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]], script: dict[str, str]
) -> None:
    account = product.account(cast["ana"])
    ana, her_sms = devices.telegram("ana"), devices.sms("ana")
    before = product.billing(f"/accounts/{account}/balance")
    explanation = product.billing(f"/accounts/{account}/explanation")
    difference = minor(explanation["difference"])
    assert difference > 0
    assert sum(minor(cause["amount"]) for cause in explanation["causes"]) == difference

    ana.starts(script["language"])
    ana.does(contact="own")
    ana.writes(her_sms.code())
    ana.listens()

    ana.writes(script["why"])
    told = ana.hears(re.escape(ron(difference, script["language"])))
    # Every cause that billing knows is told, and what is told sums exactly to the difference.
    for cause in explanation["causes"]:
        assert abs(minor(cause["amount"])) in amounts(told), told

    ana.writes(script["cheaper"])
    offered = ana.hears(r"%")
    offers = product.billing(f"/accounts/{account}/grants")
    assert offers["grants"] == [], "nothing is granted before she accepts"
    percent = re.search(r"(\d+) ?%", offered)
    assert percent

    ana.writes(script["yes"])
    ana.hears(script["discount"])
    [grant] = product.billing(f"/accounts/{account}/grants")["grants"]
    assert grant["percent_bp"] == int(percent[1]) * 100
    after = product.billing(f"/accounts/{account}/balance")
    credited = minor(before["due"]) - minor(after["due"])
    assert credited > 0, "the first month is credited on the open invoice"

    ana.writes(script["balance"])
    said = ana.hears(re.escape(ron(minor(after["due"]), script["language"])))
    assert percent[0].replace(" ", "") in said.replace(" ", "").replace("\u00a0", "")

    journal = product.billing(f"/accounts/{account}/journal")
    kinds = {entry["kind"] for entry in journal["entries"]}
    assert any("discount" in kind or "grant" in kind for kind in kinds), kinds
    notes = product.billing(f"/accounts/{account}/credit-notes")["credit_notes"]
    assert credited in [minor(note["total"]) for note in notes]


def test_asking_again_in_anger_gets_the_same_offer(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    ana, her_sms = devices.telegram("ana"), devices.sms("ana")
    ana.starts("ro")
    ana.proves(her_sms)
    ana.writes(ROMANIAN["cheaper"])
    first = ana.hears(r"%")
    ana.writes("vreau o reducere mai mare, altfel plec la concurență!!!")
    second = ana.hears(r"%")
    assert re.findall(r"\d+ ?%", first)[0] == re.findall(r"\d+ ?%", second)[0]
