"""How do figures and moments look to an agent, by language? Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

from billing_backend.money import Money

_LOCALES = {"ro": "ro_RO", "en": "en_GB"}


def money(amount: Money, language: str, *, signed: bool = False) -> str:
    """ "45,50 RON"; with `signed` a plus before what is more."""
    major = Decimal(amount.minor).scaleb(-2)
    figure = format_currency(
        major, amount.currency, format="#,##0.00 ¤¤", locale=_LOCALES[language]
    )
    return f"+{figure}" if signed and amount.minor > 0 else figure


def percent(basis_points: int, language: str) -> str:
    """ "15%" or "12,5%"."""
    figure = Decimal(basis_points).scaleb(-2)
    return f"{format_decimal(figure, locale=_LOCALES[language])}%"


def plural(number: int, language: str) -> str:
    """How a noun agrees with its number: "one", "few" ("2 luni"), "other" ("20 de luni")."""
    return str(Locale.parse(_LOCALES[language]).plural_form(number))


def day(value: date, language: str) -> str:
    return format_date(value, "d MMM y", locale=_LOCALES[language])


def moment(value: datetime, language: str, zone: str) -> str:
    """Day and time at the business."""
    return format_datetime(value, "d MMM, HH:mm", tzinfo=ZoneInfo(zone), locale=_LOCALES[language])


def clock_time(value: datetime, language: str, zone: str) -> str:
    return format_time(value, "HH:mm", tzinfo=ZoneInfo(zone), locale=_LOCALES[language])
