"""How is the moment when people are back written, in the customer's language? Pure."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

_LOCALES = {"ro": "ro_RO", "en": "en_GB"}
_DAY = "EEEE, d MMMM"


def opening_in_words(opens_at: datetime, language: str) -> dict[str, str]:
    """Values for a response: `opens_day` "luni, 30 noiembrie", `opens_time` "8:00".

    `opens_at` is local to the business. The words around them are the response's.
    """
    return {
        "opens_day": format_date(opens_at.date(), _DAY, locale=_LOCALES[language]),
        "opens_time": f"{opens_at.hour}:{opens_at.minute:02}",
    }
