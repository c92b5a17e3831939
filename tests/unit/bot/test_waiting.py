"""Are words about the waiting told from those that are for the person who comes?"""

from __future__ import annotations

import pytest

from bot.waiting import wish
from handoff.queue.menu import CALLBACK, CANCEL, WAIT


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ("renunț", CANCEL),
        ("lasă, nu mai e nevoie", CANCEL),
        ("Nu mai e nevoie, mulțumesc!", CANCEL),
        ("lasă", CANCEL),
        ("nu mai aștept", CANCEL),
        ("nu mai vreau un om", CANCEL),
        ("m-am răzgândit", CANCEL),
        ("am rezolvat între timp, mersi", CANCEL),
        ("never mind", CANCEL),
        ("I don't need it anymore, thanks", CANCEL),
        ("cât mai durează?", WAIT),
        ("și cât mai am de așteptat", WAIT),
        ("pe ce loc sunt", WAIT),
        ("alo, mai e cineva acolo?", WAIT),
        ("mai durează mult?", WAIT),
        ("how long will it take?", WAIT),
        ("is anybody there?", WAIT),
        ("sunați-mă voi", CALLBACK),
        ("mă sunați mai târziu, vă rog", CALLBACK),
        ("anunțați-mă aici", CALLBACK),
        ("can you call me back please", CALLBACK),
    ],
)
def test_a_wish_about_the_waiting_is_the_menu_s(words: str, payload: str | None) -> None:
    assert wish(words) == payload


@pytest.mark.parametrize(
    "words",
    [
        "",
        "anulați abonamentul",
        "nu mai vreau abonamentul",
        "cât mai am de plată",
        "când primesc factura",
        "sună telefonul și nu merge",
        "cancel my plan",
        "how long is my contract",
        "call me when my refund is sent",
    ],
)
def test_anything_else_is_for_the_person_who_comes(words: str) -> None:
    assert wish(words) is None
