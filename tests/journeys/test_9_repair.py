"""Bogdan asks two things at once by SMS, does not understand, changes the day, and regrets it."""

from __future__ import annotations

import re

import pytest

from tests.journeys.figures import minor, ron
from tests.journeys.people import Devices, Product

ROMANIAN = {
    "language": "ro",
    "two": "Cât am de plată? Și pot plăti mai târziu?",
    "first": "întâi suma de plată, apoi amânarea plății",
    "day": "pe 3 decembrie",
    "confirm": "fără penalități",
    "what": "nu înțeleg",
    "simply": "Nu vă costă nimic în plus",
    "no": "nu, până pe 4 decembrie",
    "other_day": "4 dec",
    "yes": "da",
    "agreed": "Am convenit",
    "regret": "m-am răzgândit",
    "stands": "Amânarea rămâne",
}
ENGLISH = {
    "language": "en",
    "two": "How much do I owe? And can I pay it later?",
    "first": "first the amount you owe, then paying later",
    "day": "on the 3rd of December",
    "confirm": "no late fee",
    "what": "I don't understand",
    "simply": "It costs you nothing extra",
    "no": "no, by the 4th of December",
    "other_day": "4 dec",
    "yes": "yes",
    "agreed": "Agreed",
    "regret": "actually, never mind",
    "stands": "The extension stands",
}


@pytest.mark.parametrize("script", [ROMANIAN, ENGLISH], ids=["ro", "en"])
def test_a_conversation_that_goes_astray_arrives_all_the_same(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]], script: dict[str, str]
) -> None:
    account = product.account(cast["bogdan"])
    bogdan = devices.sms("bogdan")
    owed = minor(product.billing(f"/accounts/{account}/balance")["overdue"])

    bogdan.writes(script["two"])
    # The code comes as a message of its own, before the words or after them.
    told = bogdan.hears(rf"(?s)(?=.*\b\d{{6}}\b)(?=.*{script['first']})")
    code = re.search(r"\b\d{6}\b", told)
    assert code
    bogdan.writes(code[0])
    told = bogdan.hears(re.escape(ron(owed, script["language"])))
    assert re.search(r"(?m)^\W*2\b", told), "the second is answered too: days to choose from"

    bogdan.writes(script["day"])
    bogdan.hears(script["confirm"])
    bogdan.writes(script["what"])
    bogdan.hears(script["simply"])
    bogdan.writes(script["no"])
    bogdan.hears(script["other_day"])
    assert product.billing(f"/accounts/{account}/arrangements")["arrangements"] == []
    bogdan.writes(script["yes"])
    bogdan.hears(script["agreed"])
    [arrangement] = product.billing(f"/accounts/{account}/arrangements")["arrangements"]
    assert arrangement["pay_by"] == "2026-12-04"

    bogdan.writes(script["regret"])
    bogdan.hears(script["stands"])
