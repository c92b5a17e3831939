"""How do amounts look to a customer, and which amounts does a text name?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,\u00a0 ]\d{3})*|\d+)(?:[.,](\d{2}))?(?![\d%])")


def minor(amount: Mapping[str, Any]) -> int:
    """An amount of the API in minor units."""
    assert amount["currency"] == "RON"
    return int(amount["minor"])


def ron(amount: int, language: str) -> str:
    """The figure as it is written in that language: 1.234,56 or 1,234.56."""
    whole, part = divmod(abs(amount), 100)
    grouped = f"{whole:,}"
    if language == "ro":
        return f"{grouped.replace(',', '.')},{part:02d}"
    return f"{grouped}.{part:02d}"


def amounts(text: str) -> set[int]:
    """Every amount in a text, in minor units, signs left out."""
    return {
        int(re.sub(r"\D", "", whole)) * 100 + int(part or 0)
        for whole, part in _AMOUNT.findall(text)
    }
