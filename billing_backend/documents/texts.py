"""How are labels, amounts and days written on documents, by language?"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from billing_backend.invoices.periods import Period
from billing_backend.money import Money

_LOCALES = {"ro": "ro_RO", "en": "en_GB"}
_DAYS = {"ro": "dd.MM.yyyy", "en": "d MMM yyyy"}


def text(family: str, name: str, language: str, **values: object) -> str:
    """One text of texts.json with its {values}. Raises KeyError for one that is not there."""
    words: str = _all()[family][name][language]
    return words.format(**values)


def either(family: str, name: str, language: str) -> str:
    """The text, or the bare name where a catalogue has a newer one."""
    return text(family, name, language) if name in _all()[family] else name


def money(amount: Money, language: str) -> str:
    """The figure alone: "1.234,50", "−20.00"; the document says the currency."""
    return figure(Decimal(amount.minor).scaleb(-2), language)


def money_with_currency(amount: Money, language: str) -> str:
    return f"{money(amount, language)} {either('currency', amount.currency, language)}"


def unit_price(net: Money, quantity: int, language: str) -> str:
    """The price of one: two decimals, up to four where it has them."""
    return figure(Decimal(net.minor).scaleb(-2) / quantity, language, "#,##0.00##")


def figure(value: Decimal, language: str, pattern: str = "#,##0.00") -> str:
    written = format_decimal(abs(value), pattern, locale=_LOCALES[language])
    return f"−{written}" if value < 0 else written


def percent(basis_points: int, language: str) -> str:
    written = format_decimal(Decimal(basis_points).scaleb(-2), "0.##", locale=_LOCALES[language])
    return f"{written}%"


def day(moment: date, language: str) -> str:
    return format_date(moment, _DAYS[language], locale=_LOCALES[language])


def days(period: Period, language: str) -> str:
    if period.days == 1:
        return day(period.start, language)
    return f"{day(period.start, language)} – {day(period.end, language)}"


@cache
def _all() -> dict[str, Any]:
    file = Path(__file__).with_name("texts.json")
    words: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return words
