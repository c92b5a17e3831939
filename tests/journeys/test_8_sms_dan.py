"""Dan pays for more than he uses; by SMS he asks what would be cheaper, moves, and is billed so."""

from __future__ import annotations

import re

import pytest

from tests.journeys.figures import minor, ron
from tests.journeys.people import Devices, Product

ROMANIAN = {
    "language": "ro",
    "cheaper": "Ce abonament ar fi mai ieftin pentru mine?",
    "choice": "Abonament Mobil 10 GB",
    "yes": "da",
    "leave": "Vreau să reziliez",
    "reason": "mă mut",
}
ENGLISH = {
    "language": "en",
    "cheaper": "Which plan would be cheaper for me?",
    "choice": "the Mobile 10 GB plan",
    "yes": "yes",
    "leave": "I want to cancel my service",
    "reason": "I'm moving",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_dan_moves_to_the_plan_that_he_needs_and_pays_what_he_was_told(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]], script: dict[str, str]
) -> None:
    account = product.account(cast["dan"])
    dan = devices.sms("dan")
    dan.writes(script["cheaper"])
    dan.writes(dan.code())
    # Six months of 6 to 9 GB: 537.24 with his plan, 177.90 with 10 GB.
    told = dan.hears(re.escape(ron(17790, script["language"])))
    assert ron(53724, script["language"]) in told

    dan.writes(script["choice"])
    # 24.50 + 21 % instead of 74.00 + 21 %
    dan.hears(re.escape(ron(2965, script["language"])))
    dan.writes(script["yes"])
    dan.hears("Gata|Done")
    [change] = product.billing(f"/accounts/{account}/services")["scheduled"]
    next_one = product.billing(f"/accounts/{account}/next-invoice")

    assert (change["kind"], change["from_day"]) == ("plan", next_one["period_start"])
    assert minor(next_one["total"]) == 2965


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_leaving_is_one_question_and_a_yes(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]], script: dict[str, str]
) -> None:
    account = product.account(cast["dan"])
    dan = devices.sms("dan")
    dan.writes(script["leave"])
    dan.writes(dan.code())
    dan.hears(r"(?m)^\W*6\b")
    dan.writes(script["reason"])
    dan.hears("Confirmați|Do you confirm")
    dan.writes(script["yes"])
    dan.hears("Gata|Done")

    services = product.billing(f"/accounts/{account}/services")
    assert services["cancelled_on"] == services["period_end"]


def test_who_has_two_accounts_is_asked_which_one(product: Product, devices: Devices) -> None:
    somebody = devices.sms("customer1")
    somebody.writes("cât am de plată?")
    somebody.writes(somebody.code())
    somebody.hears(r"(?m)^\W*2\b")
    somebody.writes("casa de vacanță")
    somebody.hears("Vorbim despre contul Casa de vacan")
