"""Every cause of a changed bill is told in a sentence, with its amount and nothing invented."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from billing_backend.contract import Cause
from billing_backend.money import Money
from bot import wording
from bot.actions.causes import say_cause
from bot.actions.job import Job
from bot.texts import Texts

TEXTS = Texts(Path(__file__).parents[3] / "data" / "responses", zone="Europe/Bucharest")
NAME = {"ro": "Pachet TV Sport", "en": "TV Sport package"}
DAY = "2026-11-03"

# kind, amount, evidence, the response it needs
CAUSES = [
    ("price_change", 500, {"name": NAME, "from": 1000, "to": 1500, "since": DAY}, "price_change"),
    (
        "price_change",
        500,
        {"name": NAME, "from_name": NAME, "from": 1000, "to": 1500, "since": DAY},
        "plan_changed",
    ),
    ("promotion_ended", 500, {"name": NAME, "until": DAY, "since": DAY}, "promotion_ended"),
    ("add_on_added", 500, {"name": NAME, "since": DAY, "by": "customer"}, "add_on_added"),
    ("add_on_removed", -500, {"name": NAME, "since": DAY, "by": None}, "add_on_removed"),
    ("usage", 500, {"name": NAME, "quantity": 7, "from": 2}, "usage"),
    ("usage", -500, {"name": NAME, "quantity": 2, "from": 7}, "usage_less"),
    ("proration", 500, {"name": NAME, "days": 17, "since": DAY, "last_time": False}, "proration"),
    (
        "proration",
        -500,
        {"name": NAME, "days": 17, "since": DAY, "last_time": True},
        "proration_last_time",
    ),
    ("one_off", 500, {"name": NAME, "last_time": False}, "one_off"),
    ("one_off", -500, {"name": NAME, "last_time": True}, "one_off_last_time"),
    ("late_fee", 500, {"invoice_number": "DT-1"}, "late_fee"),
    ("late_fee", -500, {"invoice_number": "DT-1"}, "late_fee_gone"),
    ("tax_rate_change", 500, {"name": NAME, "from": 1900, "to": 2100, "since": DAY}, "tax_rate"),
    ("discount_started", -500, {"name": NAME, "since": DAY}, "discount_started"),
    ("discount_ended", 500, {"name": NAME}, "discount_ended"),
    ("credit_used", 500, {}, "credit_last_time"),
    ("credit_used", -500, {}, "credit_now"),
    (
        "price_change",
        500,
        {"name": NAME, "from": 1000, "to": 1500, "since": DAY, "times": 2},
        "price_changes",
    ),
    ("correction", 500, {"name": NAME, "credit_note": "DTC-1", "last_time": False}, "correction"),
    (
        "correction",
        -500,
        {"name": NAME, "credit_note": "DTC-1", "last_time": True},
        "correction_last_time",
    ),
    ("correction", -500, {"name": NAME}, "named"),
    # Evidence that does not fit the sentence: the amount is told, nothing is made up.
    ("promotion_ended", 500, {"name": NAME, "since": DAY}, "named"),
    ("price_change", 500, {}, "other"),
    ("something_new", 500, {}, "other"),
]


def told(cause: Cause, language: str, channel: str) -> tuple[str, str]:
    """The response and the words of a cause."""
    said: list[tuple[str, dict[str, Any]]] = []
    job = SimpleNamespace(
        language=language,
        channel=channel,
        say=lambda response, **values: said.append((response, values)),
        word=lambda value: (
            wording.money(value, language, channel) if isinstance(value, Money) else str(value)
        ),
        in_language=lambda names: (names or {}).get(language, ""),
    )
    say_cause(job, cause, "octombrie 2026")  # type: ignore[arg-type]
    [(response, values)] = said
    words = {name: job.word(value) for name, value in values.items()}
    return response, TEXTS.say(response, language, channel, words).text


@pytest.mark.parametrize(("kind", "minor", "evidence", "response"), CAUSES)
@pytest.mark.parametrize("channel", ["telegram", "sms", "voice"])
@pytest.mark.parametrize("language", ["ro", "en"])
def test_a_cause_is_told_with_its_part_of_the_sum(
    kind: str, minor: int, evidence: dict[str, Any], response: str, language: str, channel: str
) -> None:
    name, text = told(Cause(kind, Money(minor), evidence), language, channel)
    assert name == f"utter_cause_{response}"
    assert wording.change(Money(minor), language, channel) in text
    assert "None" not in text
    if channel == "voice":
        assert text.endswith(".")


def test_a_name_that_billing_keeps_by_language_is_told_in_the_customers() -> None:
    cause = Cause("one_off", Money(100), {"name": NAME})
    assert "TV Sport package" in told(cause, "en", "telegram")[1]
    assert "Pachet TV Sport" in told(cause, "ro", "telegram")[1]
    assert Job.in_language(SimpleNamespace(language="en"), {"ro": "doar"}) == "doar"  # type: ignore[arg-type]
