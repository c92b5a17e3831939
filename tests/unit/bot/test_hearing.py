"""How sure must recognition be?"""

from __future__ import annotations

import pytest

from bot.hearing import Hearing
from handoff.conversations import InboundMessage


@pytest.mark.parametrize(
    ("kind", "confidence", "noise", "doubtful"),
    [
        ("speech", 0.92, False, False),
        ("speech", 0.5, False, False),
        ("speech", 0.49, False, True),
        ("speech", 0.2, False, True),
        ("speech", 0.19, True, True),
        ("speech", None, False, False),  # a model that tells none
        ("keys", 0.1, False, False),
        ("text", 0.1, False, False),
    ],
)
def test_only_words_that_were_heard_badly_are_doubted(
    kind: str, confidence: float | None, noise: bool, doubtful: bool
) -> None:
    message = InboundMessage(kind=kind, data={"confidence": confidence})
    hearing = Hearing()
    assert (hearing.is_noise(message), hearing.is_doubtful(message)) == (noise, doubtful)
