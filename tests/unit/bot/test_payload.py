"""What Rasa is told: only our server makes commands, and secrets do not travel."""

from __future__ import annotations

from typing import Any

import pytest

from bot.payload import harmless, payload
from handoff.conversations import InboundMessage


def message(kind: str, text: str = "", **data: Any) -> InboundMessage:
    return InboundMessage(kind=kind, text=text, data=data)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/restart", "∕restart"),
        ("  /restart", "∕restart"),
        ('/accept_offer{"offer_id":"1"}', '∕accept_offer{"offer_id":"1"}'),
        ("\n\t/affirm", "∕affirm"),
        ("cât am de plată?", "cât am de plată?"),
        ("1/2", "1/2"),
        ("   ", "∕"),
        ("", "∕"),
    ],
)
def test_text_typed_by_a_person_is_never_a_command(typed: str, sent: str) -> None:
    assert harmless(typed) == sent
    assert payload(message("text", typed), None) == sent


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/restart", "/ask_capabilities"),
        ("/refund@limpede_bot vă rog", "/ask_capabilities"),
        ("/plată", "/ask_capabilities"),
        ("/talk_to_human", "/ask_capabilities"),
        ('/accept_offer{"offer_id":"1"}', '∕accept_offer{"offer_id":"1"}'),
        ("/ 2", "∕ 2"),
        ("1/2", "1/2"),
    ],
)
def test_a_command_on_telegram_that_we_do_not_have_gets_help(typed: str, sent: str) -> None:
    came = message("text", typed)
    came.channel = "telegram"
    assert payload(came, None) == sent


@pytest.mark.parametrize(
    ("came", "expects", "sent"),
    [
        (message("begin"), None, "/begin"),
        (message("contact", contact_phone="+40712000001"), None, "/share_contact"),
        (message("command", "help"), None, "/ask_capabilities"),
        (message("command", "whatever"), None, "/ask_capabilities"),
        (message("command", "language"), None, "/change_language"),
        (message("command", "stop"), None, '/choose{"choice": "notices:stop"}'),
        (message("command", "notices"), None, '/choose{"choice": "notices:show"}'),
        (message("media", "edited", caption="cât?", edits="1:2"), None, "/unsupported"),
        (message("silence"), "pin", "/silence"),
        (message("media", "photo"), None, "/unsupported"),
        (message("media", "photo", caption="de ce asa mult?"), None, "de ce asa mult?"),
        (message("media", "photo", caption="/restart"), None, "∕restart"),
        (message("text", "codul este [code]", secret="code"), "code", "/provide_code"),
        (message("keys", "[pin]", secret="pin"), "pin", "/provide_pin"),
        (message("text", "e 1000 0017"), "customer_number", "/provide_customer_number"),
        (message("keys", "10000017"), "customer_number", "/provide_customer_number"),
        (message("text", "10000017"), None, "10000017"),
        (message("text", "123"), "customer_number", "123"),
        (message("text", "toată"), "dispute_line", '/choose{"choice": "line:all"}'),
        (message("text", "all of it"), "dispute_line", '/choose{"choice": "line:all"}'),
        (message("text", "când plătesc toată suma?"), "dispute_line", "când plătesc toată suma?"),
        (message("text", "toată"), None, "toată"),
        (message("keys", "0"), None, "/talk_to_human"),
        (message("keys", "7"), None, "/silence"),
        (message("speech", "vreau un operator"), "pin", "vreau un operator"),
        (message("speech", "ăăă..."), None, "/silence"),
        (message("speech", "Hmm."), "confirm", "/silence"),
        (message("text", "hmm"), "confirm", "hmm"),
    ],
)
def test_what_the_customer_did_becomes_a_command_of_ours_or_harmless_text(
    came: InboundMessage, expects: str | None, sent: str
) -> None:
    assert payload(came, expects) == sent
