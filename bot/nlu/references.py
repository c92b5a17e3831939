"""Which invoices and which languages does a text name? Pure, stdlib only."""

import re

from bot.nlu.reading import Found, Reading, without_overlaps

# "LMP-2026-000123", "FCT 2026/17", "lmp2026000123": a series of letters, then the figures.
_SERIES = re.compile(r"\b[a-z]{2,6}[- ]?20\d\d[-/. ]?\d{1,8}\b|\b[a-z]{2,5}-\d{3,12}\b")
_AFTER_WORD = re.compile(
    r"\b(?:factura|facturii|facturi|invoice|bill)\s+(?:cu\s+)?"
    r"(?:(?:seria|nr\.?|numarul|numar|no\.?|number|#)\s*)+"
    r"(?P<number>[a-z]{0,6}[-/ ]?\d[\d/-]{2,18})"
)
# Which one without a number or a month: the one before the latest, or the latest.
_BILL = r"(?:factur(?:a|ii|ile)|bill|invoice|statement)"
_WHICH = (
    (
        re.compile(
            rf"\b(?:{_BILL} (?:anterioara|precedenta|dinainte(?:a ei|a asteia)?|de dinainte)|"
            r"(?:cea|aia|ceea|pe cea|aceea)(?: de)? (?:dinainte|anterioara|precedenta)|"
            r"anterioara|precedenta|penultima(?: factura)?|luna(?: de)? dinainte|"
            r"inainte de (?:asta|aia|ea|aceea|aceasta)(?= ?[?.!,]|$)|"
            r"(?:the )?month before(?! last)|"
            rf"(?:the )?(?:previous|preceding|prior) (?:one|{_BILL})|"
            rf"(?:the )?(?:one|{_BILL}) before(?: (?:that|this|it|last))?(?= ?[?.!,]|$)|"
            rf"(?:the )?(?:second|2nd|2th) (?:last|latest) (?:one|{_BILL}))\b"
        ),
        "previous",
    ),
    (
        re.compile(
            rf"\b(?:ultima factura|{_BILL} (?:cea )?(?:noua|recenta|curenta)|"
            r"(?:cea|aia) (?:noua|recenta|curenta)|ultima(?= ?[?.!,]|$)|"
            rf"(?:the )?(?:latest|newest|most recent|current|last) (?:one|{_BILL}))\b"
        ),
        "latest",
    ),
)
_LANGUAGES = (
    (re.compile(r"\b(?:romana|romaneste|romineste|romanian|limba romana)\b"), "ro"),
    (re.compile(r"\b(?:engleza|englezeste|english|englisch|limba engleza)\b"), "en"),
    # The short forms are words of their own only where nothing else is said.
    (re.compile(r"^\W*(?:in )?ro(?:[ ,]+(?:va rog|te rog))?\W*$"), "ro"),
    (re.compile(r"^\W*(?:in )?en(?:[ ,]+(?:please|pls))?\W*$"), "en"),
)


def find_invoice_numbers(reading: Reading) -> list[Found]:
    """Invoice numbers as written, in capitals and without spaces."""
    found = [
        reading.found(match, _capitals(match.group())) for match in _SERIES.finditer(reading.text)
    ]
    for match in _AFTER_WORD.finditer(reading.text):
        found.append(reading.found(match, _capitals(match["number"]), group=1))
    return without_overlaps(found)


def find_which_invoice(reading: Reading) -> list[Found]:
    """ "previous" for the one before the latest ("cea dinainte", "the one before"), "latest"."""
    return without_overlaps(
        reading.found(match, which)
        for pattern, which in _WHICH
        for match in pattern.finditer(reading.text)
    )


def find_language_names(reading: Reading) -> list[Found]:
    """ "ro" or "en" for each mention of a language."""
    return without_overlaps(
        reading.found(match, language)
        for pattern, language in _LANGUAGES
        for match in pattern.finditer(reading.text)
    )


def _capitals(written: str) -> str:
    return re.sub(r"\s+", "", written).upper()
