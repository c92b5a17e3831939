"""Does the Rasa project hold together: rules, actions, responses, intents?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.actions import ACTIONS
from bot.actions.mapping import answers
from bot.nlu import choosing
from bot.nlu.requests import is_request
from bot.texts import Texts

ROOT = Path(__file__).parents[3]
TEXTS = Texts(ROOT / "data" / "responses", zone="Europe/Bucharest")
DOMAIN = YAML(typ="safe").load(ROOT / "domain.yml")
INTENTS = [name for entry in DOMAIN["intents"] for name in entry]
_SAID = re.compile(r'"(utter_[a-z0-9_]+)"')
# Names put together in code, each with what may stand in the gap.
MADE_UP = {
    "utter_wrong_": ["code", "pin"],
    "utter_lost_": ["code", "pin"],
    "utter_offer_starts_": ["open_invoice", "next_invoice"],
    "utter_queue_wait_": ["under_1", "1_to_3", "3_to_10", "over_10"],
    "utter_queue_update_": ["under_1", "1_to_3", "3_to_10", "over_10"],
    "utter_meaning_": [intent for intent in INTENTS if is_request(intent)] + ["else"],
}
SIMPLY = "_simply"


def rules() -> list[dict[str, Any]]:
    return [
        rule
        for file in sorted((ROOT / "data" / "rules").glob("*.yml"))
        for rule in YAML(typ="safe").load(file)["rules"]
    ]


def intents() -> set[str]:
    return set(INTENTS)


def taught() -> set[str]:
    """Intents that have examples."""
    return {
        entry["intent"]
        for file in (ROOT / "data" / "nlu").glob("*.yml")
        for entry in YAML(typ="safe").load(file)["nlu"]
        if "intent" in entry
    }


def steps(kind: str) -> list[str]:
    return [step[kind] for rule in rules() for step in rule["steps"] if kind in step]


def said_in_code() -> set[str]:
    files = [file for room in ("bot", "handoff", "limpede") for file in (ROOT / room).rglob("*.py")]
    ours = [file for file in files if not {".venv", "nlu"} & set(file.relative_to(ROOT).parts)]
    names = {name for file in ours for name in _SAID.findall(file.read_text())}
    whole = {name for name in names if not name.endswith("_")}
    return whole | {start + end for start, ends in MADE_UP.items() for end in ends}


def test_every_intent_has_exactly_one_rule() -> None:
    answered = steps("intent")
    assert sorted(answered) == sorted(intents())


def test_every_intent_that_is_taught_is_in_the_domain() -> None:
    assert taught() <= intents()


def test_rules_name_only_actions_and_responses_that_there_are() -> None:
    known = set(ACTIONS) | set(TEXTS.responses) | {"extension_form"}
    assert set(steps("action")) <= known


def test_no_rule_speaks_before_an_action() -> None:
    for rule in rules():
        done = [step["action"] for step in rule["steps"] if "action" in step]
        assert not any(name.startswith("utter_") for name in done[:-1]), rule["rule"]


def test_the_domain_names_our_actions_and_nothing_else() -> None:
    assert sorted(DOMAIN["actions"]) == sorted(ACTIONS)


def test_responses_have_both_languages_no_ties_and_the_right_letters() -> None:
    assert choosing.check(TEXTS.responses) == []


def test_everything_that_code_says_has_words() -> None:
    assert said_in_code() - set(TEXTS.responses) == set()


def test_every_response_is_said_by_somebody() -> None:
    said = said_in_code() | set(steps("action"))
    assert {name.removesuffix(SIMPLY) for name in TEXTS.responses} - said == set()


def test_simpler_words_stand_in_for_others_and_need_no_more_values() -> None:
    for name in TEXTS.responses:
        if name.endswith(SIMPLY):
            plain = TEXTS.responses[name.removesuffix(SIMPLY)]
            given = frozenset().union(*map(choosing.placeholders, plain))
            assert choosing.placeholders(TEXTS.responses[name]) <= given, name


def test_simpler_words_are_without_those_of_billing() -> None:
    """VAT and the credit note stand on the paper: they are named, and explained."""
    hard = re.compile(
        r"scaden|contestați|penalit|alocat|proporțional|amânare|rate\b|somați|"
        r"disput|late fee|instal|arrangement|allocat|prorat|extension|overdue|outstanding",
        re.IGNORECASE,
    )
    for name, variations in TEXTS.responses.items():
        for variation in variations if name.endswith(SIMPLY) else []:
            said = re.sub(r"\{.*?\}", "", variation["text"])
            assert not hard.search(said), f"{name}: {said}"


EVERYDAY = {
    **dict.fromkeys(("amount", "arranged", "overdue", "part", "total", "new_total"), "149,61 lei"),
    **dict.fromkeys(("credit", "balance", "fee", "price_before", "price_now"), "49,61 lei"),
    **dict.fromkeys(("date", "last", "since", "until", "start", "end"), "vineri, 4 decembrie"),
    **dict.fromkeys(("month", "other"), "noiembrie"),
    **dict.fromkeys(("rate_before", "rate_now", "percent"), "21%"),
    "previous": "60,02 lei",
    "difference": "52,47 lei",
    "name": "Pachet TV Sport",
    "days": "12 zile",
    "parts": "3 rate",
    "change": "+12,34 lei",
    "number": "LMP-2026-000123",
    "first": "amânarea plății",
    "second": "o taxare dublă",
}


@pytest.mark.parametrize("language", ["ro", "en"])
def test_what_repairs_a_conversation_is_a_short_message(language: str) -> None:
    repair = YAML(typ="safe").load(ROOT / "data" / "responses" / "repair.yml")["responses"]
    for name in [*repair, *(each for each in TEXTS.responses if each.endswith(SIMPLY))]:
        said = TEXTS.say(name, language, "sms", EVERYDAY).text
        assert len(said) <= 160, f"{name}: {len(said)} characters: {said}"


def test_every_request_has_a_title_and_an_action() -> None:
    for intent in filter(is_request, INTENTS):
        assert f"utter_meaning_{intent}" in TEXTS.responses
        assert answers()[intent] in ACTIONS, "a response alone cannot be followed by an answer"


def test_every_button_means_an_intent_or_a_choice_of_the_queue() -> None:
    meant = {
        re.match(r"/(\w+)", button["payload"])[1]  # type: ignore[index]
        for variations in TEXTS.responses.values()
        for variation in variations
        for button in variation.get("buttons", [])
    }
    assert {name for name in meant if not name.startswith("queue_")} <= intents()


@pytest.mark.parametrize("language", ["ro", "en"])
def test_nothing_said_aloud_needs_eyes_or_a_mouse(language: str) -> None:
    seen = re.compile(r"click|apăsați butonul|button below|butonul de mai jos|https?://|•|\n")
    for name, variations in TEXTS.responses.items():
        text = choosing.choose(variations, language, "voice").get("text", "")
        only_telegram = "contact" in name or name in ("utter_ask_who", "utter_welcome_stranger")
        if not only_telegram:
            assert not seen.search(text), f"{name}: {text}"


@pytest.mark.parametrize("language", ["ro", "en"])
def test_fixed_words_by_sms_fit_two_segments(language: str) -> None:
    """A segment with a diacritic holds 67 characters, a plain one 153: short words are cheap."""
    most = 3 * 67 if language == "ro" else 2 * 153
    for name, variations in TEXTS.responses.items():
        text = choosing.choose(variations, language, "sms").get("text", "")
        if "contact" not in name and name != "utter_welcome_stranger":
            assert len(text) <= most, f"{name}: {len(text)} characters"
