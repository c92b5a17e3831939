"""Is a sound told from a word?"""

from __future__ import annotations

import pytest

from bot.noise import is_noise


@pytest.mark.parametrize(
    "heard", ["", "...", "hmm", "Hmm.", "ăăă", "ăăă, îîî", "ah", "e", "uh", "erm", "pff"]
)
def test_a_sound_is_noise(heard: str) -> None:
    assert is_noise(heard)


@pytest.mark.parametrize(
    "heard",
    [
        "da",
        "nu",
        "mhm",
        "aha",
        "îhî",
        "uh-huh",
        "hai",
        "aia",
        "unu",
        "1",
        "ăăă da",
        "hmm, octombrie",
        "no",
    ],
)
def test_a_word_is_none(heard: str) -> None:
    assert not is_noise(heard)
