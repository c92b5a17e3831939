"""What are the lines called that no product names: late fees, granted discounts, corrections?"""

import json
from functools import cache
from pathlib import Path


def standing(name: str) -> dict[str, str]:
    """The name by language, from standing.json; KeyError for a name that is not there."""
    return dict(_all()[name])


@cache
def _all() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("standing.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = json.loads(text)
    return words
