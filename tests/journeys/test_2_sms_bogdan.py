"""Bogdan is overdue since yesterday; by SMS he asks how much, and to pay later."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.journeys.figures import minor, ron
from tests.journeys.people import Devices, Product

ROMANIAN = {
    "language": "ro",
    "how_much": "cât am de plată și până când?",
    "later": "aș vrea să plătesc mai târziu",
    "yes": "da",
}
ENGLISH = {
    "language": "en",
    "how_much": "how much do I have to pay and until when?",
    "later": "I would like to pay later",
    "yes": "yes",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_bogdan_arranges_to_pay_later_and_no_late_fee_falls_due(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]], script: dict[str, str]
) -> None:
    account = product.account(cast["bogdan"])
    bogdan = devices.sms("bogdan")
    owed = minor(product.billing(f"/accounts/{account}/balance")["overdue"])
    assert owed > 0

    bogdan.writes(script["how_much"])
    bogdan.writes(bogdan.code())
    bogdan.hears(re.escape(ron(owed, script["language"])))

    bogdan.writes(script["later"])
    offered = bogdan.hears(r"(?m)^\W*1\b")
    assert re.search(r"(?m)^\W*2\b", offered), "several dates, by number"
    bogdan.writes("2")
    bogdan.hears(r"\?")
    bogdan.writes(script["yes"])
    bogdan.listens()

    [arrangement] = product.billing(f"/accounts/{account}/arrangements")["arrangements"]
    assert minor(arrangement["amount"]) == owed
    pay_by = date.fromisoformat(arrangement["pay_by"])
    assert date(2026, 11, 24) < pay_by <= date(2026, 12, 8)

    product.advance("P5D")
    lines = [
        line["kind"]
        for invoice in product.billing(f"/accounts/{account}/invoices")["invoices"]
        for line in product.billing(f"/accounts/{account}/invoices/{invoice['number']}")["lines"]
    ]
    assert "late_fee" not in lines
    assert late_fees(product, account) == 0


def test_without_an_arrangement_the_late_fee_does_fall_due(
    product: Product, cast: dict[str, dict[str, str]]
) -> None:
    """What the journey above must be able to fail on."""
    account = product.account(cast["bogdan"])
    before = minor(product.billing(f"/accounts/{account}/balance")["due"])
    product.advance("P5D")
    after = product.billing(f"/accounts/{account}/balance")
    assert late_fees(product, account) == 1
    assert minor(after["due"]) >= before


def late_fees(product: Product, account: str) -> int:
    """How many fell due; they wait for the next invoice."""
    charges = product.billing(f"/accounts/{account}/charges")["charges"]
    return [charge["kind"] for charge in charges].count("late_fee")
