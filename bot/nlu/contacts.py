"""Which telephone numbers and e-mail addresses does a text name? Pure, stdlib only."""

import re

from bot.nlu.reading import Found, Reading, without_overlaps

# "0722 123 456", "0722.123.456", "zero șapte doi doi ..." (read as single figures), "021 310 1122".
_ROMANIAN = re.compile(r"(?<![\w+.])(?:(?:\+|00)40[ .-]?|0[ .-]?)([237](?:[ .-]?\d){8})(?!\w)")
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)(?!40)([1-9](?:[ .()-]{0,2}\d){7,13})(?!\w)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SPOKEN_EMAIL = re.compile(
    r"\b(?P<name>[\w+-]+(?:(?: punct | dot |\.)[\w+-]+)*) (?:arond|arong|aron|coada de maimuta|at) "
    r"(?P<host>[\w-]+)(?: punct | dot |\.)(?P<end>ro|com|net|eu|org|uk)\b"
)
_SPOKEN_DOT = re.compile(r" (?:punct|dot) ")


def find_phone_numbers(reading: Reading) -> list[Found]:
    """Numbers in the international form: "0722 123 456" is "+40722123456"."""
    found = [
        reading.found(match, "+40" + _digits(match[1]))
        for match in _ROMANIAN.finditer(reading.text)
    ]
    for match in _ABROAD.finditer(reading.text):
        found.append(reading.found(match, "+" + _digits(match[1])))
    return without_overlaps(found)


def find_emails(reading: Reading) -> list[Found]:
    """Addresses in small letters, those read out loud ("ana arond exemplu punct ro") included."""
    found = [
        reading.found(match, match.group().rstrip(".")) for match in _EMAIL.finditer(reading.text)
    ]
    for match in _SPOKEN_EMAIL.finditer(reading.text):
        name = _SPOKEN_DOT.sub(".", match["name"])
        found.append(reading.found(match, f"{name}@{match['host']}.{match['end']}"))
    return without_overlaps(found)


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)
