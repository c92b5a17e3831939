"""Which words are about notices, and what do they wish?"""

from __future__ import annotations

import pytest

from bot.consent import wish


@pytest.mark.parametrize(
    ("words", "wished"),
    [
        ("nu mai vreau notificări", "off"),
        ("Nu-mi mai trimiteți înștiințări!", "off"),
        ("vă rog opriți notificările", "off"),
        ("fără remindere, vă rog", "off"),
        ("I don't want any notices", "off"),
        ("please stop the notifications", "off"),
        ("no more reminders", "off"),
        ("vreau din nou notificări", "on"),
        ("activați înștiințările", "on"),
        ("turn on notifications", "on"),
        ("vreau notificările pe SMS", "channel:sms"),
        ("trimiteți-mi înștiințările pe Telegram", "channel:telegram"),
        ("send the notices by SMS", "channel:sms"),
        ("ce notificări primesc?", "show"),
        ("notificări", "show"),
        ("which notices do I get", "show"),
        ("change my notifications", "show"),
    ],
)
def test_a_wish_about_notices_is_heard(words: str, wished: str) -> None:
    assert wish(words) == wished


@pytest.mark.parametrize(
    "words",
    [
        "cât am de plată?",
        "nu mai vreau abonamentul",
        "stop",
        "vreau factura pe SMS",
        "am primit o notificare că serviciul se suspendă, de ce?",
        "why did I get a notice about a late bill?",
        "nu am primit nicio înștiințare înainte de suspendare și am plătit la timp",
        "",
    ],
)
def test_other_words_are_left_to_the_assistant(words: str) -> None:
    assert wish(words) is None
