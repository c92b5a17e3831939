"""Which digits did a person write or say, and where in the text?

Speech recognition writes a PIN as "1234", "1 2 3 4", "unu doi trei patru" or "twelve thirty
four"; all of them are the same four digits.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {
    "zero": 0, "oh": 0, "nul": 0,
    "unu": 1, "una": 1, "one": 1,
    "doi": 2, "doua": 2, "two": 2,
    "trei": 3, "three": 3,
    "patru": 4, "four": 4,
    "cinci": 5, "five": 5,
    "sase": 6, "six": 6,
    "sapte": 7, "seven": 7,
    "opt": 8, "eight": 8,
    "noua": 9, "nine": 9,
}  # fmt: skip
_TEENS = {
    "zece": 10, "ten": 10, "unsprezece": 11, "eleven": 11, "doisprezece": 12, "douasprezece": 12,
    "twelve": 12, "treisprezece": 13, "thirteen": 13, "paisprezece": 14, "fourteen": 14,
    "cincisprezece": 15, "fifteen": 15, "saisprezece": 16, "sixteen": 16, "saptesprezece": 17,
    "seventeen": 17, "optsprezece": 18, "eighteen": 18, "nouasprezece": 19, "nineteen": 19,
    "unspe": 11, "doispe": 12, "treispe": 13, "paispe": 14, "cinspe": 15, "saispe": 16,
    "saptespe": 17, "optspe": 18, "nouaspe": 19,
}  # fmt: skip
_TENS = {
    "douazeci": 20, "twenty": 20, "treizeci": 30, "thirty": 30, "patruzeci": 40, "forty": 40,
    "cincizeci": 50, "fifty": 50, "saizeci": 60, "sixty": 60, "saptezeci": 70, "seventy": 70,
    "optzeci": 80, "eighty": 80, "nouazeci": 90, "ninety": 90,
}  # fmt: skip
_REPEATS = {"dublu": 2, "double": 2, "triplu": 3, "triple": 3}
_JOINERS = {"si", "and"}

# A number with a dot, comma, slash or colon inside is an amount, a date or a time of day.
_TOKEN = re.compile(r"\d+(?:[.,/:]\d+)+|\d+|[^\W\d_]+")
_GAP = re.compile(r"[\s\-–,\u200b\u2060]{0,3}")
_NAMED_BEFORE = re.compile(r"[^\W\d_][-/_.]$")  # the "LMP-" of an invoice number
_LONGEST = 8
_PHONE_LENGTH = 10
_MONEY = frozenset({"lei", "leu", "ron", "eur", "euro", "bani"})


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str  # folded: lower case, no diacritics; digits as ASCII


def digits_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Every unbroken run of digits and number words: (start, end, digits), in order.

    Amounts ("45 lei", "45,50"), dates ("1.12.2026") and times are not digits in this sense.
    """
    run: list[_Token] = []
    for token in _tokens(text):
        follows = bool(run) and _GAP.fullmatch(text, run[-1].end, token.start) is not None
        if run and not follows:
            yield from _finish(run, text)
            run = []
        if _counts(token.word) or (run and token.word in _JOINERS):
            run.append(token)
        elif run:
            if token.word not in _MONEY:
                yield from _finish(run, text)
            run = []
    yield from _finish(run, text)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match.start(), match.end(), _fold(match.group()))


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)


def _counts(word: str) -> bool:
    return word.isdigit() or word in _UNITS or word in _TEENS or word in _TENS or word in _REPEATS


def _finish(run: list[_Token], text: str) -> Iterator[tuple[int, int, str]]:
    while run and run[-1].word in _JOINERS:
        run = run[:-1]
    if not run or _NAMED_BEFORE.search(text, max(0, run[0].start - 2), run[0].start):
        return
    digits = _read([token.word for token in run])
    phone = len(digits) == _PHONE_LENGTH and digits[0] == "0"
    if len(digits) <= _LONGEST or phone:
        yield run[0].start, run[-1].end, digits
        return
    # Too long to be one number: "123456, 654321" are two.
    for token in run:
        yield token.start, token.end, _single(token.word)


def _read(words: list[str]) -> str:
    """ "douazeci si cinci zero" -> "250": a ten takes the unit after it, everything else stands
    for itself."""
    digits, at = "", 0
    while at < len(words):
        word = words[at]
        after = at + 2 if words[at + 1 : at + 2] and words[at + 1] in _JOINERS else at + 1
        unit = _UNITS.get(words[after], 0) if after < len(words) else 0
        if word in _TENS:
            digits += str(_TENS[word] + unit)
            at = after + 1 if unit else at + 1
        elif word in _REPEATS and at + 1 < len(words):
            digits += _single(words[at + 1]) * _REPEATS[word]
            at += 2
        else:
            digits += _single(word)
            at += 1
    return digits


def _single(word: str) -> str:
    if word.isdigit():
        return word
    number = _UNITS.get(word, _TEENS.get(word, _TENS.get(word)))
    return "" if number is None else str(number)
