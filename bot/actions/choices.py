"""How is the customer asked to choose one of several things?

Buttons where there are some; numbers by SMS and keys on the phone count through the same buttons,
so on the phone they are said aloud. The words of a button, typed or spoken, mean the button.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.actions.job import Job
from bot.keys import aloud

CHOICE = "choice"
# What the bot waits for when the words of a button count as the button.
EXPECTS = (CHOICE, "leaving_reason")
# A phone has nine keys that choose, and nobody keeps more in mind.
MOST = 9


def offer(
    job: Job,
    response: str,
    options: Sequence[tuple[str, str]] = (),
    *,
    expects: str = CHOICE,
    **values: Any,
) -> None:
    """Say the response with (title, option) choices, beside its own buttons, and wait for one.

    A variation for the phone has `{options}` in it. The payload says what an option is for
    ("product:MOBILE_10"): an old button that is pressed later means what it said.
    """
    shown = options[:MOST]
    if job.by_voice:
        values["options"] = aloud([title for title, _ in shown], job.language)
    job.say(response, choices=_buttons(shown), **values)
    job.expect(expects)


def _buttons(options: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((title, payload(choice)) for title, choice in options)


def payload(choice: str) -> str:
    """What a button of ours says; `choice` is "<kind>:<which>" (choose.py)."""
    return f"/choose{json.dumps({CHOICE: choice})}"
