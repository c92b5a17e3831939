"""What may be published of a customer's message, so that the assistant can learn from it?

Pure. Examples end in a repository: nobody may be found by one. Figures give way to others of the
same shape (the model reads "a long number", whichever it is), names, addresses and passwords to
made-up ones. Doing it twice changes nothing. What it cannot know, a stranger's name in the middle
of a sentence, an agent takes out at the desk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import cycle

from bot.masking import mask
from bot.nlu.contacts import find_emails, find_phone_numbers
from bot.nlu.normaliser import MAX_CHARACTERS, fold
from bot.nlu.reading import Found, read, without_overlaps
from bot.spoken_digits import digits_in

NAME = "Popescu"
EMAIL = "nume@exemplu.ro"
PHONE = "0700 000 000"
PASSWORD = "parola1"  # noqa: S105 - nobody's

_FIGURE = re.compile(r"(?<!\d)\d+(?:[ .,/-]?\d+)*")
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"\d{1,2}[./-]20\d\d|20\d\d[./-]\d{1,2}")
_GROUPS = re.compile(r"\d+|\d{1,3}(?:[ .]\d{3})+")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ -]+(?:19|20)\d\d)?")
_FEW = 3  # digits, that may tell how many, which plan, which day
_MOST_ROUND = 6
_LONGEST = 12  # digits; 1234567890123 and on have a card number in them
_AFTER_SECRET = re.compile(
    r"\b((?:pin|cod|code|parol|password|cvv|cvc)\w*[^\d\n]{0,20}?)(\d[\d -]*\d)", re.IGNORECASE
)
_PASSWORD = re.compile(
    r"\b((?:parol\w*|password)\b(?: \w+)?(?: ?[:=] ?| (?:e|este|is) ))(?=\S*\d)(\S+)", re.IGNORECASE
)
_CAPITALISED = r"[A-ZĂÂÎȘȚ][a-zăâîșț]+(?:-[A-ZĂÂÎȘȚ][a-zăâîșț]+)?"
_INTRODUCED = re.compile(
    r"\b((?:[Ss]unt|[Ee]u sunt|[Nn]umele meu (?:e|este)|[Mm]y name is|I am|I'm|[Tt]his is|"
    r"(?:[Dd]omnul|[Dd]oamna|[Dd]l|[Dd]na|[Dd]nul|Mr|Mrs|Ms)\.?) )"
    rf"({_CAPITALISED}(?: {_CAPITALISED})*)"
)
_CALLED = re.compile(r"\b(m(?:a|ă) (?:numesc|cheam(?:a|ă)) )([^\W\d]+)( [^\W\d]+)?", re.IGNORECASE)
# What follows one's first name if it is not the family name.
_GOES_ON = frozenset({"si", "as", "am", "vreau", "doresc", "din", "de", "cu", "sunt", "client"})


def example_of(text: str, names: Sequence[str] = ()) -> str:
    """The message on one line, without what tells whose it is; `names` are the customer's own."""
    one_line = " ".join(unicodedata.normalize("NFC", mask(text)).split())[:MAX_CHARACTERS]
    return _without_names(_without_figures(_without_addresses(one_line)), names).strip()


def _without_addresses(text: str) -> str:
    """Telephone numbers and e-mail addresses, written or spelled out."""
    reading = read(text)
    found = [Found(one.start, one.end, EMAIL) for one in find_emails(reading)]
    found += [Found(one.start, one.end, PHONE) for one in find_phone_numbers(reading)]
    for one in reversed(without_overlaps(found)):
        text = text[: one.start] + one.value + text[one.end :]
    return text


def _without_figures(text: str) -> str:
    """Whatever figures could point to somebody; a code's or password's in any case."""
    text = _PASSWORD.sub(rf"\1{PASSWORD}", text)
    text = _AFTER_SECRET.sub(lambda found: found[1] + _other(found[2]), text)
    for start, end, digits in reversed(list(digits_in(text))):
        if len(digits) > _FEW and any(each.isalpha() for each in text[start:end]):
            text = text[:start] + _other(digits) + text[end:]
    reading = read(text)  # numbers in words are figures there, also longer ones
    for match in reversed(list(_FIGURE.finditer(reading.text))):
        if not _is_harmless(match.group()):
            start, end, other = reading.found(match, _other(match.group()))
            text = text[:start] + other + text[end:]
    return text


def _is_harmless(figure: str) -> bool:
    """Whether many have it: a small number, a month, a year, a round sum, some days."""
    return (
        sum(each.isdigit() for each in figure) <= _FEW
        or figure == PHONE
        or any(shape.fullmatch(figure) for shape in (_MONTH, _YEARS))
        or _is_round(figure)
        or _is_small_list(figure)
    )


def _is_round(figure: str) -> bool:
    """ "1000", "12.000": a plan's name, or a sum that many have. Not "1 2 0 0", digit by digit."""
    digits = re.sub(r"[ .]", "", figure)
    in_groups = _GROUPS.fullmatch(figure) is not None
    return in_groups and len(digits) <= _MOST_ROUND and len(digits.rstrip("0")) <= 2


def _is_small_list(figure: str) -> bool:
    """ "10-15", "15.12": days or a span."""
    parts = re.split(r"[ ./-]", figure)
    return len(parts) == 2 and all(len(part) <= 2 for part in parts)


def _other(written: str) -> str:
    """1, 2, 3 ... in place of the digits, everything else as it stands; another day of a date."""
    if _DATE.fullmatch(written):
        return _DATE.sub(_other_date, written)
    if sum(each.isdigit() for each in written) > _LONGEST:
        return "123456789012"
    figures = cycle("1234567890")
    return re.sub(r"\d", lambda _: next(figures), written)


def _other_date(found: re.Match[str]) -> str:
    """The same way of writing a date, of another day."""
    if found[5]:
        return "2026-02-01"
    day, month = "01"[-len(found[1]) :], "02"[-len(found[3]) :]
    return f"{day}{found[2]}{month}{found[2]}{'2026'[-len(found[4]) :]}"


def _without_names(text: str, names: Sequence[str]) -> str:
    text = _INTRODUCED.sub(rf"\1{NAME}", text)
    text = _CALLED.sub(_called, text)
    own = {word for name in names for word in fold(name).split() if len(word) >= _FEW}
    if own:
        words = "|".join(re.escape(word) for word in sorted(own))
        called = re.compile(rf"\b(?:{words})\b(?: (?:{words})\b)*")
        # Letter for letter as long as the text, so places in one are places in the other.
        for found in reversed(list(called.finditer(fold(text)))):
            text = text[: found.start()] + NAME + text[found.end() :]
    return text


def _called(found: re.Match[str]) -> str:
    second = found[3] or ""
    goes_on = found[2] == NAME or fold(second.strip()) in _GOES_ON
    return f"{found[1]}{NAME}" + (second if goes_on else "")
