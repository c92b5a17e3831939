"""Is an answer read in the light of the question?"""

import pytest

from bot.nlu.expectations import answered_in_words, log_odds, may_be_asked_back

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


@pytest.mark.parametrize(
    "text", ["nu înțeleg", "nu am auzit", "nu pricep", "I don't understand", "I did not get it"]
)
def test_who_does_not_understand_the_question_says_no_no(text):
    assert set(log_odds(text, "confirm", NOTHING)) == {"repeat"}


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("nu, cea din septembrie", "month"),
        ("no, the September one", "month"),
        ("nu, cea dinainte", "invoice_which"),
        ("ba nu, LMP-2026-000123", "invoice_number"),
    ],
)
def test_another_bill_with_nothing_open_puts_right_which_one(text, entity):
    assert set(log_odds(text, None, frozenset({entity}))) == {"inform"}


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("and October's?", "month"),
        ("what about the september one?", "month"),
        ("and the one before", "invoice_which"),
        ("ok, și cea din august?", "month"),
        ("dar factura anterioară", "invoice_which"),
        ("and DT-2026-000123?", "invoice_number"),
    ],
)
def test_a_bill_named_after_and_goes_on_from_the_last_one(text, entity):
    assert set(log_odds(text, None, frozenset({entity}))) == {"inform"}


@pytest.mark.parametrize(
    "text",
    [
        "and how much was October",
        "and pay the october bill",
        "what about my October payment",
        "și de ce a crescut în august?",
        "and when is the october one due",
    ],
)
def test_what_asks_for_more_than_another_bill_has_a_will_of_its_own(text):
    assert log_odds(text, None, frozenset({"month"})) == {}


def test_and_another_bill_is_no_answer_to_an_open_question():
    assert log_odds("and October's?", "confirm", frozenset({"month"})) == {}


def test_a_sentence_with_a_no_and_a_month_has_a_will_of_its_own():
    assert log_odds("nu am primit factura din mai", None, frozenset({"month"})) == {}


@pytest.mark.parametrize("expects", ["confirm", "dispute_reason", "extension_date", "choice"])
def test_an_open_question_may_be_answered_in_any_words(expects):
    assert answered_in_words(expects)
    assert not may_be_asked_back(expects)


def test_a_question_of_ours_never_takes_the_place_of_a_code():
    assert not answered_in_words("code")
    assert not may_be_asked_back("code")
    assert may_be_asked_back(None)
    assert may_be_asked_back("customer_number")


def test_without_a_question_a_yes_is_only_its_words():
    assert log_odds("da", None, NOTHING) == {}


def test_a_day_after_the_question_until_when():
    assert set(log_odds("vineri", "extension_date", frozenset({"date"}))) == {"inform"}
    assert log_odds("nu știu", "extension_date", NOTHING) == {}
    assert log_odds("vineri", None, frozenset({"date"})) == {}


def test_a_language_after_the_question_which():
    assert set(log_odds("engleză", "language", frozenset({"language_name"}))) == {"change_language"}


def test_who_names_a_product_out_of_the_blue_speaks_of_that_part_of_the_service() -> None:
    said = "i no longer want online protection"
    assert log_odds(said, None, frozenset({"plan"})) == {"change_plan": 1.0}
    assert log_odds(said, None, frozenset()) == {}
    assert log_odds(said, "dispute_line", frozenset({"plan"})) == {}
