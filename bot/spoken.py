"""How are figures said aloud in Romanian and English? Pure.

Romanian counts by gender ("doi lei", "două luni") and puts "de" between a number and its noun
from 20 on ("douăzeci de lei", "o sută unu lei").
"""

from __future__ import annotations

from decimal import Decimal

from num2words import num2words

from billing_backend.money import Money

OR = {"ro": "sau", "en": "or"}
FOR = {"ro": "pentru", "en": "for"}
AT = {"ro": ", ora ", "en": " at "}
_AND = {"ro": "și", "en": "and"}
_MINUS = {"ro": "minus", "en": "minus"}
_POINT = {"ro": "virgulă", "en": "point"}
_PERCENT = {"ro": "la sută", "en": "percent"}
# Until which hour it is what part of the day.
_PARTS_OF_DAY = (
    (12, "in the morning"),
    (18, "in the afternoon"),
    (22, "in the evening"),
    (24, "at night"),
)
_MORE = {"ro": ("în plus", "în minus"), "en": ("more", "less")}

# How 1 and 2 agree with a noun: "un leu, doi lei", "o lună, două luni", "un minut, două minute".
_MASCULINE = {"1": "un", "unu": "unu", "doi": "doi", "doisprezece": "doisprezece"}
_FEMININE = {"1": "o", "unu": "una", "doi": "două", "doisprezece": "douăsprezece"}
_NEUTER = _FEMININE | {"1": "un", "unu": "unu"}

# One of it, several of it, and its gender.
_UNITS = {
    "ro": {
        "month": ("lună", "luni", _FEMININE),
        "part": ("rată", "rate", _FEMININE),
        "day": ("zi", "zile", _FEMININE),
        "minute": ("minut", "minute", _NEUTER),
        "try": ("încercare", "încercări", _FEMININE),
        "time": ("dată", "ori", _FEMININE),
    },
    "en": {
        "month": ("month", "months", _MASCULINE),
        "part": ("instalment", "instalments", _MASCULINE),
        "day": ("day", "days", _MASCULINE),
        "minute": ("minute", "minutes", _MASCULINE),
        "try": ("try", "tries", _MASCULINE),
        "time": ("time", "times", _MASCULINE),
    },
}
# Units of usage as a catalogue writes them; others are said as they are written.
_MEASURES = {
    "ro": {
        "GB": ("gigabait", "gigabaiți", _MASCULINE),
        "MB": ("megabait", "megabaiți", _MASCULINE),
        "min": ("minut", "minute", _NEUTER),
    },
    "en": {
        "GB": ("gigabyte", "gigabytes", _MASCULINE),
        "MB": ("megabyte", "megabytes", _MASCULINE),
        "min": ("minute", "minutes", _MASCULINE),
    },
}
_CURRENCIES = {
    "ro": {"RON": ("leu", "lei", "ban", "bani"), "EUR": ("euro", "euro", "cent", "cenți")},
    "en": {"RON": ("leu", "lei", "ban", "bani"), "EUR": ("euro", "euros", "cent", "cents")},
}


def money(amount: Money, language: str) -> str:
    """ "patruzeci și cinci de lei și cincizeci de bani"; nothing is said of zero bani."""
    whole, small = divmod(abs(amount.minor), 100)
    names = _CURRENCIES[language].get(amount.currency)
    if names is None:
        names = (amount.currency, amount.currency, "", "")
    parts = []
    if whole or not small or not names[2]:
        parts.append(_counted(whole, names[0], names[1], language=language))
    if small and names[2]:
        parts.append(_counted(small, names[2], names[3], language=language))
    elif small:
        parts.append(_cardinal(small, language))
    said = f" {_AND[language]} ".join(parts)
    return f"{_MINUS[language]} {said}" if amount.minor < 0 else said


def more_or_less(size: str, language: str, *, more: bool) -> str:
    """ "douăzeci de lei în plus"."""
    return f"{size} {_MORE[language][0 if more else 1]}"


def percent(figure: Decimal, language: str) -> str:
    """ "doisprezece virgulă cinci la sută"."""
    whole, _, fraction = f"{figure:f}".partition(".")
    said = _cardinal(int(whole), language)
    if fraction:
        digits = " ".join(_cardinal(int(digit), language) for digit in fraction)
        said = f"{said} {_POINT[language]} {digits}"
    return f"{said} {_PERCENT[language]}"


def day_of_month(number: int, month: str, language: str) -> str:
    """ "întâi decembrie", "patru decembrie", "the fourth of December"."""
    if language == "ro":
        return f"{'întâi' if number == 1 else _cardinal(number, language)} {month}"
    return f"the {num2words(number, lang='en', to='ordinal')} of {month}"


def time_of_day(hour: int, minute: int, language: str) -> str:
    """ "nouă", "paisprezece și treizeci de minute"; "two thirty in the afternoon"."""
    if language == "en":
        return _english_time(hour, minute)
    said = _agreeing(_cardinal(hour, language), _FEMININE)
    return f"{said} {_AND[language]} {count(minute, 'minute', language)}" if minute else said


def unit(number: int, name: str, language: str) -> str:
    """The noun after a figure, with "de" where Romanian wants it: "lună", "luni", "de zile"."""
    one, several, _ = _UNITS[language][name]
    if number == 1:
        return one
    return f"de {several}" if language == "ro" and _takes_de(number) else several


def count(number: int, name: str, language: str) -> str:
    """ "o lună", "două luni", "douăzeci de zile"."""
    return _counted(number, *_UNITS[language][name], language=language)


def quantity(number: int, measure: str, language: str) -> str:
    """ "zece gigabaiți", "douăzeci de minute"."""
    known = _MEASURES[language].get(measure)
    if known is None:
        return f"{_cardinal(number, language)} {measure}"
    return _counted(number, *known, language=language)


def measure(name: str, language: str) -> str:
    """One of a unit of usage: "gigabait"."""
    known = _MEASURES[language].get(name)
    return known[0] if known else name


def _english_time(hour: int, minute: int) -> str:
    said = _cardinal(hour % 12 or 12, "en")
    if minute:
        past = _cardinal(minute, "en")
        said = f"{said} {past}" if minute >= 10 else f"{said} oh {past}"
    else:
        said = f"{said} o'clock"
    return f"{said} {next(part for until, part in _PARTS_OF_DAY if hour < until)}"


def _counted(
    number: int, one: str, several: str, gender: dict[str, str] = _MASCULINE, *, language: str
) -> str:
    said = _cardinal(number, language)
    if language == "en":
        return f"{said} {one if number == 1 else several}"
    if number == 1:
        return f"{gender['1']} {one}"
    said = _agreeing(said, gender)
    return f"{said} de {several}" if _takes_de(number) else f"{said} {several}"


def _takes_de(number: int) -> bool:
    """From 20 on, unless the last two figures are 1 to 19: "o sută unu lei"."""
    return number >= 20 and not 1 <= number % 100 <= 19


def _cardinal(number: int, language: str) -> str:
    said = str(num2words(number, lang=language))
    # num2words counts thousands as masculine ("douăzeci și unu de mii").
    return said.replace("unu de mii", "una de mii").replace("doi de mii", "două de mii")


def _agreeing(said: str, gender: dict[str, str]) -> str:
    *before, last = said.split(" ")
    return " ".join([*before, gender.get(last, last)])
