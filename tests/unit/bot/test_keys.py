"""Does a caller hear which key answers what, once?"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.keys import with_keys
from bot.nlu import choosing
from bot.texts import Texts

TEXTS = Texts(Path(__file__).parents[3] / "data" / "responses", zone="Europe/Bucharest")
YES_NO = [("Da", "/affirm"), ("Nu", "/deny")]


@pytest.mark.parametrize(
    ("text", "choices", "heard"),
    [
        (
            "Confirmați?",
            YES_NO,
            "Confirmați? Spuneți da sau nu, ori apăsați 1 pentru da, 2 pentru nu.",
        ),
        (
            "Confirmați? Spuneți da sau nu.",
            YES_NO,
            "Confirmați? Spuneți da sau nu, ori apăsați 1 pentru da, 2 pentru nu.",
        ),
        ("Apăsați 1 pentru da.", YES_NO, "Apăsați 1 pentru da."),
        (
            "Cu ce vă ajut?",
            [("Plata", "/a"), ("Factura", "/b")],
            "Cu ce vă ajut? Apăsați 1 pentru Plata, 2 pentru Factura.",
        ),
        ("Bună ziua.", [], "Bună ziua."),
    ],
)
def test_the_keys_of_choices_are_said(
    text: str, choices: list[tuple[str, str]], heard: str
) -> None:
    assert with_keys(TEXTS, text, choices, "ro") == heard


@pytest.mark.parametrize("language", ["ro", "en"])
def test_whatever_can_be_chosen_on_the_phone_can_be_chosen_by_a_key_that_is_named(
    language: str,
) -> None:
    for name, variations in TEXTS.responses.items():
        variation = choosing.choose(variations, language, "voice")
        choices = [(each["title"], each["payload"]) for each in variation.get("buttons", [])]
        if choices:
            heard = with_keys(TEXTS, variation["text"], choices, language).casefold()
            press = choosing.choose(TEXTS.responses["utter_voice_press"], language, "voice")
            assert press["text"] in heard, name
