"""How many SMS does a text cost?

GSM 03.38: 160 signs in one part, 153 in each of several; one sign outside its alphabet (a
Romanian diacritic) makes the whole text UCS-2: 70 and 67.
"""

from __future__ import annotations

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"  # each takes two places


def segments(text: str) -> int:
    """The number of parts; an empty text (MMS) is one."""
    if all(sign in _BASIC or sign in _EXTENDED for sign in text):
        length, single, part = sum(2 if sign in _EXTENDED else 1 for sign in text), 160, 153
    else:
        length, single, part = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if length <= single else -(-length // part)
