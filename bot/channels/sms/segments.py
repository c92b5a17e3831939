"""How many SMS does a text cost, and what would it cost without its diacritics?

GSM 03.38: 160 signs in one part, 153 in each of several; one sign outside its alphabet (a
Romanian diacritic) makes the whole text UCS-2: 70 and 67. A sign that takes two places is never
torn apart between two parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes two places
_FOLDED = str.maketrans(
    {
        **dict(zip("ăâîșşțţĂÂÎȘŞȚŢ", "aaissttAAISSTT", strict=True)),
        **dict.fromkeys("„”“«»", '"'),
        **dict.fromkeys("’‘", "'"),
        **dict.fromkeys("–—−", "-"),
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


class Diacritics(StrEnum):
    """What is done with letters that the GSM alphabet does not have."""

    KEEP = "keep"  # as written: read right, at up to three times the price
    FOLD = "fold"  # always "sa platiti"
    AUTO = "auto"  # folded where that saves parts


@dataclass(frozen=True, slots=True)
class Cost:
    """`encoding` is GSM-7 or UCS-2, `places` what the text takes of it."""

    encoding: str
    places: int
    segments: int


def cost(text: str) -> Cost:
    """An empty text (MMS) is one part."""
    gsm = all(sign in _BASIC or sign in _EXTENDED for sign in text)
    single, part = (160, 153) if gsm else (70, 67)
    widths = list(_widths(text, gsm))
    places = sum(widths)
    segments = 1 if places <= single else _parts(widths, part)
    return Cost("GSM-7" if gsm else "UCS-2", places, segments)


def segments(text: str) -> int:
    return cost(text).segments


def fold(text: str) -> str:
    """The text with its Romanian letters and typographic signs in the GSM alphabet; what else is
    outside of it stays."""
    return text.translate(_FOLDED)


def written(text: str, wish: Diacritics) -> str:
    """The text as it is sent."""
    folded = fold(text)
    if wish is Diacritics.KEEP:
        return text
    if wish is Diacritics.AUTO and segments(folded) >= segments(text):
        return text
    return folded


def _widths(text: str, gsm: bool) -> Iterator[int]:
    for sign in text:
        yield 2 if (sign in _EXTENDED if gsm else ord(sign) > 0xFFFF) else 1


def _parts(widths: list[int], limit: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > limit:
            parts, used = parts + 1, 0
        used += width
    return parts
