"""What do a few words mean after a notice, and for how long?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import told
from bot.actions import replay
from bot.told import LIFETIME, Told
from handoff.conversations import Conversation, InboundMessage

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
VALUES = {"invoice": "DT-2026-000001", "amount": {"money": 7260, "currency": "RON"}}


def talk(expects: str | None = None, **dialogue: Any) -> Conversation:
    return Conversation(expects=expects, dialogue=dialogue)


def after(kind: str, **values: Any) -> Conversation:
    conversation = talk()
    told.remember(conversation, kind, {**VALUES, **values}, now=NOW)
    return conversation


def says(text: str, kind: str = "text") -> InboundMessage:
    return InboundMessage(kind=kind, text=text, data={})


def answered(conversation: Conversation, message: InboundMessage, *, now: datetime) -> str | None:
    return told.answer(replay.met(conversation), message, now=now)


@pytest.mark.parametrize(
    "words", ["DE CE", "de ce?", "De ce atât?", "Why?", "why so much??", "dar de ce"]
)
def test_why_is_about_what_was_told(words: str) -> None:
    assert answered(after("invoice_issued"), says(words), now=NOW) == "/explain_bill"


@pytest.mark.parametrize(
    "words", ["PAY", "pay now", "Plătesc", "PLATA", "vreau să plătesc", "plateste"]
)
def test_pay_pays_a_debt_that_was_told(words: str) -> None:
    assert answered(after("reminder_1"), says(words), now=NOW) == "/pay_bill"
    assert answered(after("dispute_rejected", number="CT-1"), says(words), now=NOW) is None


@pytest.mark.parametrize("words", ["LATER", "amânare", "AMÂNARE", "mai târziu"])
def test_later_asks_for_more_time_to_pay_a_debt_that_was_told(words: str) -> None:
    assert answered(after("due_soon"), says(words), now=NOW) == "/request_payment_extension"
    assert answered(after("dispute_rejected", number="CT-1"), says(words), now=NOW) is None


@pytest.mark.parametrize(
    "words", ["de ce nu merge netul", "why is my phone dead", "plata cu cardul a eșuat", "da", ""]
)
def test_other_words_mean_what_they_say(words: str) -> None:
    assert answered(after("reminder_1"), says(words), now=NOW) is None


def test_without_a_notice_a_few_words_are_nothing_special() -> None:
    assert answered(talk(), says("de ce?"), now=NOW) is None


def test_an_open_question_is_answered_first() -> None:
    conversation = after("invoice_issued")
    conversation.expects = "code"
    assert answered(conversation, says("de ce?"), now=NOW) is None


def test_it_is_forgotten_in_time() -> None:
    conversation = after("invoice_issued")
    assert told.of(conversation, now=NOW + LIFETIME - timedelta(seconds=1)) is not None
    assert told.of(conversation, now=NOW + LIFETIME) is None


def test_it_is_known_what_it_was_about() -> None:
    rejected = after("dispute_rejected", number="CT-2026-000001")
    assert told.of(rejected, now=NOW) == Told(
        "dispute_rejected", invoice="DT-2026-000001", dispute="CT-2026-000001"
    )


def test_another_topic_ends_it_and_its_own_does_not() -> None:
    conversation = after("invoice_issued")
    told.follow(conversation, "action_check_code")
    assert told.of(conversation, now=NOW) is not None
    told.follow(conversation, "action_change_plan")
    assert told.of(conversation, now=NOW) is None


def test_a_yes_to_a_debt_is_not_taken_for_a_yes_to_an_older_question() -> None:
    offered = talk("confirm", confirm={"what": "accept_offer"}, account={"customer": "1"})
    told.remember(offered, "reminder_1", VALUES, now=NOW)
    assert offered.expects is None
    assert "confirm" not in offered.dialogue
    assert "account" in offered.dialogue


def test_a_notice_that_asks_for_nothing_leaves_the_question_open() -> None:
    offered = talk("confirm", confirm={"what": "accept_offer"})
    told.remember(offered, "dispute_upheld", {**VALUES, "number": "CT-1"}, now=NOW)
    assert (offered.expects, "confirm" in offered.dialogue) == ("confirm", True)


def test_a_short_answer_is_about_what_was_told_last() -> None:
    conversation = after("invoice_issued")
    told.remember(conversation, "service_restored_with_fee", {}, now=NOW)
    assert answered(conversation, says("de ce?"), now=NOW) == "/ask_fees"
