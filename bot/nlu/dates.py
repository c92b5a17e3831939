"""Which days does a text name, seen from today? Pure, stdlib only.

A day named without a year or month is the next such day on or after today, because a day told to
a billing assistant is mostly a promise; in a sentence about what was ("am plătit pe 12 noiembrie")
it is the latest one before. A day that does not exist (31 February) is no day, and its parts are
none either. dateparser was tried for this: of 24 phrases it missed 9, "next Friday" and "pe 15"
among them, and read "15.12" as today.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from bot.nlu import days
from bot.nlu.calendar_words import MONTHS, WEEKDAYS, alternatives
from bot.nlu.reading import Found, Reading, without_overlaps

# Beyond this a number of days is a slip or a joke, and date arithmetic could overflow.
_MOST_DAYS = 3660

_MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
_WEEKDAY = rf"(?P<weekday>{alternatives(WEEKDAYS, doubtful=False)})"
_DAY = r"(?P<day>\d{1,2})"
_TH = r"(?:st|nd|rd|th)"
_OF = r"(?:(?:ale|a|al|of)\s+)?"
_NO_DATE = r"(?![\d/%:]|[.,]\d|\s*(?:lei|ron|gb|mb|eur|%))"
_YEAR = r"(?P<year>20\d\d)"
_DURATION = (
    r"(?P<number>\d{1,4})\s+(?:de\s+)?"
    r"(?P<unit>zile?|zi|days?|saptaman[ai]|weeks?|luni|luna|months?)\b"
)
_UNIT = r"(?P<unit>day|week|month)"
_MORE = r"(?:inca|another|extra|amanare de|pasuire de|extension of|amana\w*(?: \w+){0,2}(?: cu)?)"
_NEXT = r"(?:viitoare|urmatoare|care vine)"
_LAST = r"(?:trecuta?|precedenta?)"
_POINTER = (
    r"(?:pana(?: cel tarziu)?(?: pe| la| in)?|pe|data de|in data de|la|din|dupa|inainte de|"
    r"on|by|until|till|before|from|since|after)"
)
# What may follow a bare day number. "pe 15" is a day, "pe 2 numere" and "by 10 %" are not.
_GOES_ON = (
    r"(?=\s*(?:$|[,.!?;)](?!\d)|(?:e|este|ok|merge|ar|se|si|sau|daca|ca|va|pot|platesc|voi|as|"
    r"vreau|luna|ale|al|a|dimineata|cel|mersi|multumesc|sigur|da|nu|imi|am|o|sa|cand|iau|primesc|"
    r"intra|vine|and|or|if|is|it|works?|would|i|please|at|when|because|but|then|for|will|thanks|"
    r"thank|of|next|this|should|can|the latest)\b))"
)
_PAST = re.compile(
    r"\b(?:am|a|ai|au|ati) (?:\w+ )?(?!de\b)\w{2,}[ts]\b|\bfost\b|"
    r"\b(?:factura din|invoice from|bill from|was|were|did|paid|sent|got|took|made|debited|charged|"
    r"billed|received|been)\b"
)

Resolve = Callable[["re.Match[str]", date, bool], date | None]


def find_dates(reading: Reading, today: date, expected: bool = False) -> list[Found]:
    """Days (datetime.date), in the order of the text; None for a day that does not exist.

    `expected`: the bot has just asked until when, so "15" is a day, "10 zile" is in ten days,
    and nothing is about the past.
    """
    past = not expected and bool(_PAST.search(reading.text))
    rules = (*_WHEN_EXPECTED, *_RULES) if expected else _RULES
    return without_overlaps(_matches(reading, rules, today, past))


def _matches(
    reading: Reading, rules: "tuple[tuple[re.Pattern[str], Resolve], ...]", today: date, past: bool
) -> Iterator[Found]:
    for pattern, resolve in rules:
        for match in pattern.finditer(reading.text):
            yield reading.found(match, resolve(match, today, past))


def _in(count: int) -> Resolve:
    return lambda match, today, past: today + timedelta(count)


def _duration(match: "re.Match[str]", today: date, direction: int = 1) -> date | None:
    number, unit = int(match["number"]), match["unit"]
    if unit.startswith(("luni", "luna", "month")):
        return days.add_months(today, direction * number) if number <= 120 else None
    number *= 7 if unit.startswith(("sapt", "week")) else 1
    return today + timedelta(direction * number) if number <= _MOST_DAYS else None


def _later(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return _duration(match, today)


def _ago(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return _duration(match, today, -1)


def _day_and_month(match: "re.Match[str]", today: date, past: bool) -> date | None:
    day, month = int(match["day"]), MONTHS[match["month"]]
    if match["year"]:
        return days.day_in_year(day, month, int(match["year"]))
    return days.day_of_month(day, month, today, past)


def _figures(match: "re.Match[str]", today: date, past: bool) -> date | None:
    """15.12.2026 and 15/12: the day first, as in Romania, unless only the other way is a date."""
    day, month = int(match["day"]), int(match["number"])
    if day <= 12 < month and match["year"]:
        day, month = month, day
    if match["year"]:
        return days.day_in_year(day, month, int(match["year"]))
    return days.day_of_month(day, month, today, past) if 1 <= month <= 12 else None


def _iso(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return days.day_in_year(int(match["day"]), int(match["number"]), int(match["year"]))


def _day(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return days.day_number(int(match["day"]), today, past)


def _day_of(months: int) -> Resolve:
    def resolve(match: "re.Match[str]", today: date, past: bool) -> date | None:
        month = days.add_months(today.replace(day=1), months)
        return days.day_in_year(int(match["day"]), month.month, month.year)

    return resolve


def _weekday(which: str) -> Resolve:
    def resolve(match: "re.Match[str]", today: date, past: bool) -> date | None:
        wanted = "last" if past and which == "coming" else which
        return days.weekday(WEEKDAYS[match["weekday"]], today, wanted)

    return resolve


def _end_of_month(months: int) -> Resolve:
    return lambda match, today, past: days.end_of_month(
        days.add_months(today.replace(day=1), months)
    )


def _first_of_next_month(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return days.add_months(today.replace(day=1), 1)


def _middle_of_month(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return days.day_number(15, today, past)


def _sunday(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return days.weekday(6, today)


def _none(match: "re.Match[str]", today: date, past: bool) -> date | None:
    return None


def _rules(*rows: tuple[str, Resolve]) -> "tuple[tuple[re.Pattern[str], Resolve], ...]":
    return tuple((re.compile(pattern), rule) for pattern, rule in rows)


_END = r"\b(?:sfarsitul|sfarsit(?: de)?|finalul|final(?: de)?|end of(?: the| this)?)\s+"

_RULES = _rules(
    (r"\b(?:azi|astazi|diseara|today|tonight)\b", _in(0)),
    (r"\b(?:maine|tomorrow)\b", _in(1)),
    (r"\b(?:poimaine|(?:the )?day after tomorrow)\b", _in(2)),
    (r"\b(?:ieri|yesterday)\b", _in(-1)),
    (r"\b(?:alaltaieri|(?:the )?day before yesterday)\b", _in(-2)),
    (rf"\b(?:peste|in|within|dupa|after)\s+{_DURATION}", _later),
    (rf"\b{_DURATION}\s+from (?:now|today)\b", _later),
    (rf"\b{_MORE}\s+{_DURATION}", _later),
    (rf"\b(?P<number>\d{{1,3}})\s+(?:more|extra|additional)\s+{_UNIT}s?\b", _later),
    (rf"\b(?P<number>\d{{1,3}})[ -]{_UNIT} (?:extension|delay)\b", _later),
    (rf"\b{_DURATION}\s+(?:in plus|amanare|pasuire)\b", _later),
    (rf"\bacum\s+{_DURATION}", _ago),
    (rf"\b{_DURATION}\s+(?:ago|in urma)\b", _ago),
    (rf"\b{_DAY}{_TH}?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}\b)?", _day_and_month),
    (rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}{_TH}?\b(?![.,:/]?\d)(?:,?\s+{_YEAR}\b)?", _day_and_month),
    (rf"(?<![\d.,/-]){_YEAR}-(?P<number>\d\d)-{_DAY}(?!\d)", _iso),
    (
        rf"(?<![\d.,/:-]){_DAY}([./-])(?P<number>\d{{1,2}})\2(?P<year>20\d\d|\d\d)(?![\d/]|\.\d)",
        _figures,
    ),
    (
        rf"(?<!ora )(?<!at )(?<![\d.,/:-]){_DAY}[./](?P<number>[01]\d)(?P<year>){_NO_DATE}",
        _figures,
    ),
    (
        rf"\b{_POINTER}\s+{_DAY}[./](?P<number>\d{{1,2}})(?P<year>){_NO_DATE}",
        _figures,
    ),
    (rf"\b{_DAY}{_TH}?\s+{_OF}(?:lun(?:a|ii) viitoare|next month)\b", _day_of(1)),
    (rf"\b{_DAY}{_TH}?\s+{_OF}(?:luna (?:asta|aceasta|curenta)|this month)\b", _day_of(0)),
    (rf"\b{_DAY}\s+(?:ale|a|al)\s+lunii\b", _day),
    (rf"\b(?:{_POINTER}\s+)?(?:the\s+)?{_DAY}{_TH}\b{_GOES_ON}", _day),
    (rf"\b{_POINTER}(?:\s+the)?\s+{_DAY}{_GOES_ON}", _day),
    (rf"(?<!\d )\b{_WEEKDAY}\b", _weekday("coming")),
    (rf"\b{_WEEKDAY}\s+{_NEXT}\b", _weekday("next")),
    (rf"\bnext\s+{_WEEKDAY}\b", _weekday("next")),
    (rf"\b{_WEEKDAY},?\s+(?:din\s+)?(?:saptamana viitoare|next week)\b", _weekday("next")),
    (rf"\b(?:saptamana viitoare|next week)\s*,?\s+(?:on\s+|pe\s+)?{_WEEKDAY}\b", _weekday("next")),
    (rf"\b{_WEEKDAY}\s+{_LAST}\b", _weekday("last")),
    (rf"\blast\s+{_WEEKDAY}\b", _weekday("last")),
    (rf"{_END}(?:lunii|luna|month)\b", _end_of_month(0)),
    (rf"{_END}(?:lunii viitoare|next month)\b", _end_of_month(1)),
    (r"\bmonth[' -]?s? end\b", _end_of_month(0)),
    (rf"{_END}(?:saptamanii|saptamana|week)\b", _sunday),
    (r"\b(?:ultima zi a|ultima zi din|(?:the )?last day of(?: the)?) (?:lunii|luna|month)\b",
     _end_of_month(0)),
    (r"\b(?:prima zi a|inceputul|inceput de|(?:the )?(?:first day|start|beginning) of(?: the)?) "
     r"(?:lunii(?: viitoare)?|luna(?: viitoare)?|(?:next )?month)\b", _first_of_next_month),
    (r"\b(?:mijlocul|jumatatea|(?:the )?middle of(?: the)?|mid) ?-?(?:lunii|luna|month)\b",
     _middle_of_month),
    # "3 luni", "ultimele luni", "de luni de zile": months, which are no Monday.
    (r"\b(?:\d+|cateva|multe|ultimele|urmatoarele|aceste|toate|alte)\s+(?:de\s+)?luni\b", _none),
    (r"\bluni (?:de zile|in sir|la rand|intregi)\b", _none),
)  # fmt: skip

_WHEN_EXPECTED = _rules(
    (rf"\b{_DURATION}", _later),
    (rf"^\W*(?:\w+\s+){{0,2}}{_DAY}(?:\s+(?:e|este|ok|va rog|please|mersi|bine))*[\s.!?]*$", _day),
)
