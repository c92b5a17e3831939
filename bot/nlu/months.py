"""Which months does a text name, seen from today? Pure, stdlib only.

A month is mostly that of an invoice, so one named without a year is the latest one that has
begun: in November "factura din decembrie" is last year's.
"""

import re
from collections.abc import Iterator
from datetime import date

from bot.nlu.calendar_words import MONTHS, alternatives
from bot.nlu.days import add_months
from bot.nlu.reading import Found, Reading, without_overlaps

_YEAR = (
    r"(?:,?\s+(?:(?P<year>20\d\d)\b|"
    r"(?:din |de )?(?P<which>anul trecut|last year|anul asta|this year)\b))?"
)
_NAMED = re.compile(rf"\b(?P<month>{alternatives(MONTHS, doubtful=False)})\b{_YEAR}")
# "mai", "may", "noi" and "mar" are months only after a word for time and with nothing that makes
# them a comparison, a pronoun or a verb.
_DOUBTFUL = re.compile(
    r"\b(?:luna|in|din|pe|pt|pentru|lunii|for|from|of|since|last|this|by|until)\s+"
    rf"(?P<month>mai|may|noi|mar)\b{_YEAR}(?=\s*(?:$|[,.!?;'’]|(?:si|sau|am|e|a|de|and|or|was|is|"
    r"why|bill|invoice|statement|payment|nu|cat|cand|mi)\b))"
)
_WITH_YEAR = re.compile(r"\b(?P<month>mai|may|noi|mar)\s+(?P<year>20\d\d)\b(?P<which>)")
_FIGURES = re.compile(r"(?<![\d./-])(?P<number>0?[1-9]|1[0-2])[./](?P<year>20\d\d)\b(?!\.\d)")
_AGO = re.compile(
    r"\b(?:acum (?P<ro>\d{1,2}) lun[ai]\b|(?P<en>\d{1,2}) months? ago\b|"
    r"(?P<urma>\d{1,2}) luni in urma\b)"
)
_RELATIVE = (
    (re.compile(r"\b(?:luna|lunii) (?:trecuta|trecute|precedenta|anterioara)\b"), -1),
    (re.compile(r"\b(?:last|previous) month\b"), -1),
    (re.compile(r"\b(?:luna|lunii) (?:asta|aceasta|acesta|curenta|acesteia)\b"), 0),
    (re.compile(r"\b(?:this|current) month\b"), 0),
    (re.compile(r"\b(?:luna|lunii) (?:viitoare|urmatoare|care vine)\b"), 1),
    (re.compile(r"\b(?:next|coming) month\b"), 1),
)


# "mai mare decât cea din august", "more than in August": the month that something is held against.
_COMPARED = re.compile(
    r"\b(?:decat|fata de|comparativ cu|comparatie cu|than|compared (?:to|with)|versus|vs)\b"
    r"(?:\W+\w+){0,4}\W*$"
)


def find_months(reading: Reading, today: date, expected: bool = False) -> list[Found]:
    """Months as "YYYY-MM", in the order of the text.

    `expected`: the bot has just asked until when, so a month is the coming one.
    """
    return without_overlaps(_matches(reading, today, expected))


def is_compared_with(reading: Reading, start: int) -> bool:
    """Whether the month found at `start` of the text stands after a word that compares."""
    read_before = sum(begin < start for begin, _ in reading.places)
    return bool(_COMPARED.search(reading.text[:read_before]))


def _matches(reading: Reading, today: date, expected: bool) -> Iterator[Found]:
    for pattern in (_NAMED, _DOUBTFUL, _WITH_YEAR):
        for match in pattern.finditer(reading.text):
            month = MONTHS[match["month"]]
            year = _year(match["year"], match["which"], month, today, expected)
            yield reading.found(match, f"{year}-{month:02d}")
    for match in _FIGURES.finditer(reading.text):
        yield reading.found(match, f"{match['year']}-{int(match['number']):02d}")
    for match in _AGO.finditer(reading.text):
        count = int(match["ro"] or match["en"] or match["urma"])
        yield reading.found(match, _shifted(today, -count))
    for pattern, months in _RELATIVE:
        for match in pattern.finditer(reading.text):
            yield reading.found(match, _shifted(today, months))


def _year(written: str | None, which: str | None, month: int, today: date, expected: bool) -> int:
    if written:
        return int(written)
    if which:
        return today.year - (which in ("anul trecut", "last year"))
    if expected:
        return today.year + (month < today.month)
    return today.year - (month > today.month)


def _shifted(today: date, months: int) -> str:
    return add_months(today.replace(day=1), months).strftime("%Y-%m")
