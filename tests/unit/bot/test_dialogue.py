"""What does Rasa's answer tell of how a message was understood?"""

from __future__ import annotations

import pytest

from bot.dialogue import Guess, guesses_of


@pytest.mark.parametrize(
    ("told", "guesses"),
    [
        (
            [{"name": "greet", "confidence": 0.9}, {"name": "thank", "confidence": 0.1}],
            (Guess("greet", 0.9), Guess("thank", 0.1)),
        ),
        ([{"name": None, "confidence": 0.0}], ()),
        ([], ()),
        (None, ()),  # an answer without any
    ],
)
def test_guesses_are_read_in_their_order(told: object, guesses: tuple[Guess, ...]) -> None:
    assert guesses_of(told) == guesses
