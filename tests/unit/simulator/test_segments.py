"""Is the price of an SMS counted as the networks count it?"""

from __future__ import annotations

import pytest

from bot.channels.sms.segments import segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),  # 2 x 153
        ("a" * 307, 3),
        ("€" * 80, 1),  # two places each
        ("€" * 81, 2),
        ("ș" * 70, 1),
        ("a" * 70 + "ș", 2),  # one diacritic makes the whole text UCS-2
        ("ș" * 134, 2),  # 2 x 67
        ("ș" * 135, 3),
        ("😀" * 35, 1),  # two places each
        ("😀" * 36, 2),
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert segments(text) == parts
