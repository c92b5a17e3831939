"""What was the customer told last without having asked, and what does a short answer to it mean?

Kept with the dialogue on the conversation, for a few days and until something else is talked
about. It says what "why?" and "yes" are about; it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channels.message import Kind
from bot.nlu.normaliser import fold
from handoff.conversations import Conversation, InboundMessage

LIFETIME = timedelta(days=3)
# Notices that a "yes" answers by paying.
ASKS_FOR_MONEY = frozenset(
    {
        "invoice_issued",
        "due_soon",
        "reminder_1",
        "reminder_2",
        "suspension_notice",
        "service_suspended",
        "extension_due",
        "extension_missed",
        "instalment_due",
        "instalment_missed",
    }
)
# What "why?" asks after a notice that is about no bill and no dispute; after the others, why.
_WHY_OF = {
    "payment_received": "/check_balance",
    "payment_received_all": "/check_balance",
    "extension_due": "/check_balance",
    "extension_missed": "/check_balance",
    "instalment_due": "/check_balance",
    "instalment_missed": "/check_balance",
    "service_restored": "/check_balance",
    "service_restored_with_fee": "/ask_fees",
}
KEPT_AS = "told"
_ABOUT = (
    "invoice",
    "number",
)  # values of a notice that say what it is about: an invoice, a dispute
# Actions that still talk about the notice.
_STAYS = frozenset(
    {
        "action_affirm",
        "action_change_language",
        "action_check_code",
        "action_check_pin",
        "action_choose",
        "action_choose_account",
        "action_clarify",
        "action_explain_bill",
        "action_explain_rest",
        "action_inform",
        "action_misunderstood",
        "action_notices",
        "action_pay_bill",
        "action_pay_by_link",
        "action_payment_methods",
        "action_repeat",
        "action_send_code",
        "action_share_contact",
        "action_silence",
        "action_small_words",
        "action_take_customer_number",
        "action_unsupported",
        "action_view_bill",
    }
)
_WHY = re.compile(
    r"(?:si |dar |and |but )?"
    r"(?:de ce|dece|din ce cauza|din ce motiv|pentru ce|cum asa|why|how come)"
    r"(?: (?:atat|atata|asa|asa mult|atat de mult|asa de mult|asa mare|is that|so much|that much"
    r"|is it so (?:much|high)|so high|este asa mare|e asa mare|este atat|e atat))?"
)
_PAY = re.compile(r"(?:(?:vreau sa )?(?:platesc|achit)(?: acum)?|plata|plateste|pay(?: now)?)")
_LATER = re.compile(r"later|pay later|(?:platesc )?mai tarziu|aman(?:are|ati)?")
_NOT_A_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice: its kind, and the invoice or dispute that it is about."""

    kind: str
    invoice: str | None = None
    dispute: str | None = None

    @property
    def asks_for_money(self) -> bool:
        return self.kind in ASKS_FOR_MONEY


def remember(
    conversation: Conversation, kind: str, values: Mapping[str, Any], *, now: datetime
) -> None:
    """What is talked about from now on; the caller holds the conversation's row.

    A notice that a "yes" may answer lets an older question that waited for one lapse: the "yes"
    would be taken for the wrong answer.
    """
    about = {name: values[name] for name in _ABOUT if isinstance(values.get(name), str)}
    lapses = {"confirm"} if kind in ASKS_FOR_MONEY else set()
    kept = {name: value for name, value in conversation.dialogue.items() if name not in lapses}
    until = (now + LIFETIME).isoformat()
    conversation.dialogue = {**kept, KEPT_AS: {"kind": kind, "until": until, **about}}
    if lapses and conversation.expects == "confirm":
        conversation.expects = None


def of(conversation: Conversation, *, now: datetime) -> Told | None:
    """None when nothing was told lately, or something else was talked about since."""
    return _told(conversation.dialogue, now)


def follow(conversation: Conversation, action: str) -> None:
    """Another topic begins, unless the action is about what was told."""
    if KEPT_AS in conversation.dialogue and action not in _STAYS:
        conversation.dialogue = {
            name: value for name, value in conversation.dialogue.items() if name != KEPT_AS
        }


def answer(met: Mapping[str, Any], message: InboundMessage, *, now: datetime) -> str | None:
    """What Rasa is sent for a few words that only a notice gives a meaning; None for others.
    `met` is how the message was met: what was told, and what the bot waited for."""
    if message.kind != Kind.TEXT or met["expects"] is not None:
        return None
    told = _told(met, now)
    if told is None:
        return None
    words = _NOT_A_WORD.sub(" ", fold(message.text)).strip()
    if _WHY.fullmatch(words):
        return _WHY_OF.get(told.kind, "/explain_bill")
    if told.asks_for_money and _PAY.fullmatch(words):
        return "/pay_bill"
    if told.asks_for_money and _LATER.fullmatch(words):
        return "/request_payment_extension"
    return None


def _told(where: Mapping[str, Any], now: datetime) -> Told | None:
    kept = where.get(KEPT_AS)
    if kept is None or now >= datetime.fromisoformat(kept["until"]):
        return None
    return Told(kept["kind"], invoice=kept.get("invoice"), dispute=kept.get("number"))
