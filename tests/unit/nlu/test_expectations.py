"""Is an answer read in the light of the question?"""

import pytest

from bot.nlu.expectations import log_odds

NOTHING = frozenset()


@pytest.mark.parametrize("text", ["da", "da, vă rog", "ok", "sure", "yes please", "👍", "așa e"])
def test_a_yes_to_a_question(text):
    assert set(log_odds(text, "confirm", NOTHING)) == {"affirm"}


@pytest.mark.parametrize("text", ["nu", "nu mersi", "no thanks", "lasă", "❌"])
def test_a_no_to_a_question(text):
    assert set(log_odds(text, "confirm", NOTHING)) == {"deny"}


@pytest.mark.parametrize(
    "text",
    [
        "asdf",
        "",
        "da și nu",
        "nu știu, da",
        "da dar mai întâi explicați-mi de ce a crescut atât de mult factura",
    ],
)
def test_what_shows_no_answer_is_not_made_one(text):
    assert log_odds(text, "confirm", NOTHING) == {}


def test_without_a_question_a_yes_is_only_its_words():
    assert log_odds("da", None, NOTHING) == {}


def test_a_day_after_the_question_until_when():
    assert set(log_odds("vineri", "extension_date", frozenset({"date"}))) == {"inform"}
    assert log_odds("nu știu", "extension_date", NOTHING) == {}
    assert log_odds("vineri", None, frozenset({"date"})) == {}


def test_a_language_after_the_question_which():
    assert set(log_odds("engleză", "language", frozenset({"language_name"}))) == {"change_language"}
