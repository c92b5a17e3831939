"""Responses in words, outside Rasa."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts import HIDDEN, Texts, Words, merge

FILE = """
version: "3.1"
responses:
  utter_due:
    - text: "Aveți de plată {amount} până pe {day}."
      metadata: {language: ro}
    - text: "You owe {amount} by {day}."
      metadata: {language: en}
  utter_code:
    - text: "Codul: {code}"
      metadata: {language: ro}
    - text: "Code: {code}"
      metadata: {language: en}
  utter_wait:
    - text: "Așteptați {band}."
      buttons: [{title: "Renunț", payload: "/queue_cancel"}]
      metadata: {language: ro}
    - text: "Wait {band}."
      buttons: [{title: "Cancel", payload: "/queue_cancel"}]
      metadata: {language: en}
  utter_bye:
    - text: "La revedere!"
      custom: {hang_up: true}
      metadata: {language: ro}
    - text: "Goodbye!"
      custom: {hang_up: true}
      metadata: {language: en}
"""


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    (tmp_path / "some.yml").write_text(FILE)
    return Texts(tmp_path, zone="Europe/Bucharest")


def test_amounts_and_days_are_worded_for_the_language(texts: Texts) -> None:
    values = {"amount": {"money": 12345, "currency": "RON"}, "day": {"date": "2026-12-04"}}
    assert "123,45" in texts.say("utter_due", "ro", "telegram", values).text
    assert "4 decembrie" in texts.say("utter_due", "ro", "telegram", values).text
    assert "123.45" in texts.say("utter_due", "en", "telegram", values).text


def test_a_secret_is_hidden_until_it_is_revealed(texts: Texts) -> None:
    values = {"code": {"secret": "reference"}}
    assert texts.say("utter_code", "ro", "sms", values).text == f"Codul: {HIDDEN}"
    revealed = texts.say("utter_code", "ro", "sms", values, {"reference": "482913"})
    assert revealed.text == "Codul: 482913"


def test_a_response_may_hold_another(texts: Texts) -> None:
    inner = {"response": "utter_bye"}
    assert texts.say("utter_wait", "en", "sms", {"band": inner}).text == "Wait Goodbye!."


def test_a_missing_value_is_an_error_and_never_said(texts: Texts) -> None:
    with pytest.raises(LookupError):
        texts.say("utter_due", "ro", "sms", {"amount": 1})
    with pytest.raises(LookupError):
        texts.say("utter_unknown", "ro", "sms")


def test_parts_become_one_message_with_its_buttons_and_wishes(texts: Texts) -> None:
    parts = [{"response": "utter_wait", "values": {"band": "2"}}, {"response": "utter_bye"}]
    assert texts.join(parts, "ro", "telegram") == Words(
        "Așteptați 2.\nLa revedere!", (("Renunț", "/queue_cancel"),), {"hang_up": True}
    )
    assert texts.join(parts, "ro", "voice").text == "Așteptați 2. La revedere!"


def test_merging_leaves_out_empty_words() -> None:
    assert merge([Words("a"), Words(""), Words("b")], "sms").text == "a\nb"
