"""How are amounts, dates and counts put for people, by language and channel? Pure.

Figures on a screen, words on the phone: a synthetic voice reads "1.234,50" in its own way. The
sentences around them are responses (data/responses); here is only what a figure becomes.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from billing_backend.money import Money
from bot import spoken

VOICE, SMS = "voice", "sms"
_LOCALES = {"ro": "ro_RO", "en": "en_GB"}
_AT = {"ro": ", ora ", "en": ", "}  # between a day and a time of day
# What stands behind a figure: Romanians write "lei", a letter in English says "RON".
_SIGNS = {"ro": {"RON": "lei", "EUR": "euro"}, "en": {}}


def money(amount: Money, language: str, channel: str) -> str:
    """An amount: "1.234,50 lei", "1,234.50 RON", or "patruzeci și cinci de lei" when spoken."""
    if channel == VOICE:
        return spoken.money(amount, language)
    figure = Decimal(abs(amount.minor)).scaleb(-2)
    written = format_decimal(figure, "#,##0.00", locale=_LOCALES[language])
    sign = _minus(channel) if amount.minor < 0 else ""
    return f"{sign}{written} {_SIGNS[language].get(amount.currency, amount.currency)}"


def change(amount: Money, language: str, channel: str) -> str:
    """A difference with its sign: "+20,00 lei", or "douăzeci de lei în plus" when spoken."""
    size = money(abs(amount), language, channel)
    if channel == VOICE:
        return spoken.more_or_less(size, language, more=amount.minor >= 0)
    return f"{'+' if amount.minor >= 0 else _minus(channel)}{size}"


def day(moment: date, language: str, channel: str) -> str:
    """A day near today: "vineri, 4 decembrie", "vin 4 dec" by SMS."""
    if channel == VOICE:
        weekday = format_date(moment, "EEEE", locale=_LOCALES[language])
        return f"{weekday} {_spoken_day(moment, language)}"
    if channel == SMS:
        return format_date(moment, "EEE d MMM", locale=_LOCALES[language]).replace(".", "")
    return format_date(moment, "EEEE, d MMMM", locale=_LOCALES[language])


def short_day(moment: date, language: str, channel: str) -> str:
    """A day of a span of days: "3 nov.", "3 nov" by SMS."""
    if channel == VOICE:
        return _spoken_day(moment, language)
    written = format_date(moment, "d MMM", locale=_LOCALES[language])
    return written.replace(".", "") if channel == SMS else written


def dated(moment: date, language: str, channel: str) -> str:
    """A day that may lie far back, so with its year on a screen: "4 decembrie 2025"."""
    if channel == VOICE:
        return _spoken_day(moment, language)
    return format_date(moment, "d MMMM yyyy", locale=_LOCALES[language])


def month(first: date, language: str, channel: str) -> str:
    """A month: "noiembrie 2026", without the year where words are few."""
    pattern = "LLLL" if channel in (VOICE, SMS) else "LLLL yyyy"
    return format_date(first, pattern, locale=_LOCALES[language])


def moment(local: datetime, language: str, channel: str) -> str:
    """A moment in the business's own time zone: "vineri, 4 decembrie, ora 14:30"."""
    said = time_of_day(local.time(), language, channel)
    between = spoken.AT[language] if channel == VOICE else _AT[language]
    return f"{day(local.date(), language, channel)}{between}{said}"


def time_of_day(at: time, language: str, channel: str) -> str:
    """ "9:05", or "nouă și cinci minute" when spoken."""
    if channel == VOICE:
        return spoken.time_of_day(at.hour, at.minute, language)
    return f"{at.hour}:{at.minute:02}"


def percent(basis_points: int, language: str, channel: str) -> str:
    """ "15%", "12,5%", or "cincisprezece la sută" when spoken."""
    figure = Decimal(basis_points).scaleb(-2).normalize()
    if channel == VOICE:
        return spoken.percent(figure, language)
    return f"{format_decimal(figure, '0.##', locale=_LOCALES[language])}%"


def count(number: int, unit: str, language: str, channel: str) -> str:
    """So many of a unit (month, day, minute, try): "3 luni", "20 de zile", "două luni"."""
    if channel == VOICE:
        return spoken.count(number, unit, language)
    return f"{number} {spoken.unit(number, unit, language)}"


def quantity(number: int, measure: str, language: str, channel: str) -> str:
    """So much usage, in the catalogue's unit: "10 GB", or "zece gigabaiți" when spoken."""
    if channel == VOICE:
        return spoken.quantity(number, measure, language)
    return f"{number} {measure}"


def measure(name: str, language: str, channel: str) -> str:
    """One unit of usage: "GB", or "gigabait" when spoken."""
    return spoken.measure(name, language) if channel == VOICE else name


def listed(items: list[str], language: str) -> str:
    """ "a, b sau c": alternatives in a sentence."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {spoken.OR[language]} {items[-1]}"


def _minus(channel: str) -> str:
    # The true minus sign is not in the GSM alphabet: one of them makes an SMS cost twice.
    return "-" if channel == SMS else "−"


def _spoken_day(moment: date, language: str) -> str:
    name = format_date(moment, "MMMM", locale=_LOCALES[language])
    return spoken.day_of_month(moment.day, name, language)
