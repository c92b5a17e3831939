"""The desk's texts: both languages, the same placeholders, and every kind has its words."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from billing_backend.contract import DiscountRefused, Tier
from billing_backend.corrections.reasons import CHARGED_WRONGLY
from billing_backend.money import Money
from bot.nlu.choosing import check, choose
from handoff.conversations import Status
from handoff.conversations.reach import GONE, OPTED_OUT
from handoff.desk import formats
from handoff.desk.account_view import granted_text, refusal_text
from handoff.desk.cases import OUTCOMES
from handoff.desk.texts import LANGUAGES, catalogue, label
from handoff.queue.menu import ASSISTANT, CALLBACK, WAIT, WRITING
from handoff.queue.models import Reason
from handoff.reviews import FAMILIES, INTENTS, Why

ROOT = Path(__file__).parents[3]
QUEUE = ROOT / "data" / "responses" / "queue.yml"


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_both_languages_say_it_with_the_same_values(name: str) -> None:
    words = catalogue()[name]
    assert set(words) == set(LANGUAGES)
    assert placeholders(words["en"]) == placeholders(words["ro"])
    assert not set(words["ro"]) & set("şţŞŢ")  # a comma below, not a cedilla


@pytest.mark.parametrize(
    ("family", "kinds"),
    [
        ("reason", list(Reason)),
        ("outcome", OUTCOMES),
        ("delivery", [status for status in Status if status != Status.DROPPED]),
        ("refused.needs", list(Tier)),
        (
            "finding",
            [
                *(reason for reason in CHARGED_WRONGLY if reason != "error"),
                "promised_discount_missing",
                "payment_not_allocated",
                "payment_on_another_account",
            ],
        ),
        ("level", ["unknown", "recognised", "verified"]),
        ("dispute_state", ["open", "under_review", "upheld", "rejected", "withdrawn"]),
        ("dispute_refused", ["nothing_left", "above_invoice", "too_old", "already_disputed"]),
        ("channel", ["telegram", "sms", "voice"]),
        (
            "undelivered.reason",
            [
                *GONE,
                OPTED_OUT,
                *("rate_limited", "rejected", "unreachable", "timeout", "vanished", "expired"),
                *("switched_off", "filtered", "undelivered", "words missing"),
            ],
        ),
        ("undelivered.advice", ["failed", "unknown"]),
        ("speaker", ["customer", "bot", "queue", "agent", "notice"]),
        ("review_why", list(Why)),
        ("intent", sorted(INTENTS)),
        ("intent_about", sorted(INTENTS)),
        ("intent_family", list(FAMILIES)),
    ],
)
def test_every_kind_has_its_words(family: str, kinds: list[str]) -> None:
    missing = [kind for kind in kinds if f"{family}.{kind}" not in catalogue()]
    assert missing == []


def test_agents_choose_among_the_intents_that_are_taught() -> None:
    """Each has a definition in docs/intents.md, and the desk says the same in English."""
    defined = dict(
        re.findall(r"^\| `(\w+)` \| (.*?) \|", (ROOT / "docs/intents.md").read_text(), re.MULTILINE)
    )
    assert INTENTS - {"inform"} == set(defined)
    desk = {name: catalogue()[f"intent_about.{name}"]["en"] for name in defined}
    assert desk == defined
    taught = {
        block["intent"]
        for file in (ROOT / "data" / "nlu").glob("*.yml")
        for block in YAML(typ="safe").load(file)["nlu"]
        if "intent" in block
    }
    assert taught == INTENTS


def test_a_kind_that_the_desk_does_not_know_yet_is_shown_bare() -> None:
    assert label("finding", "price_of_tea", "en") == "price of tea"


def test_figures_look_as_agents_write_them() -> None:
    assert formats.money(Money(123450), "en") == "1,234.50 RON"
    assert formats.money(Money(123450), "ro") == "1.234,50 RON"
    assert formats.money(Money(5), "en", signed=True) == "+0.05 RON"
    assert formats.money(Money(-5), "en", signed=True) == "-0.05 RON"
    assert formats.percent(1250, "ro") == "12,5%"
    assert formats.day(date(2026, 12, 8), "ro") == "8 dec. 2026"


def test_being_held_out_reads_as_no_rule() -> None:
    held_out = refusal_text(DiscountRefused("holdout"), "en")
    assert held_out == refusal_text(DiscountRefused("no_rule"), "en")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"kind": "discount", "percent_bp": 1500, "months": 3},
            "reducere: 15% timp de 3 luni",
        ),
        ({"kind": "correction", "invoice": "DT-1"}, "credit de 15,00 RON la factura DT-1"),
        (
            {"kind": "dispute", "number": "CT-1", "answer_by": "2026-12-24"},
            "contestația CT-1 pentru 15,00 RON, răspuns până la 24 dec. 2026",
        ),
        (
            {"kind": "instalments", "parts": 3, "pay_by": "2026-12-08"},
            "15,00 RON în 3 rate, ultima până la 8 dec. 2026",
        ),
        ({"kind": "extension", "pay_by": "2026-12-08"}, "15,00 RON de plătit până la 8 dec. 2026"),
    ],
)
def test_what_was_granted_is_worded_for_the_customer(entry: dict[str, object], words: str) -> None:
    amount = {"amount": {"minor": 1500, "currency": "RON"}}
    assert granted_text(entry | amount, "ro") == words


def test_the_queue_has_words_for_every_language_and_channel() -> None:
    assert check(YAML(typ="safe").load(QUEUE)["responses"]) == []


@pytest.mark.parametrize("language", ["ro", "en"])
def test_a_key_of_the_phone_never_changes_its_meaning(language: str) -> None:
    responses = YAML(typ="safe").load(QUEUE)["responses"]
    offered = {
        tuple(button["payload"] for button in choose(variations, language, "voice")["buttons"])
        for variations in responses.values()
        if "buttons" in choose(variations, language, "voice")
    }
    assert offered == {(WAIT, CALLBACK, ASSISTANT, WRITING)}
