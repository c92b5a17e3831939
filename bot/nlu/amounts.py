"""Which sums of money does a text name? Pure, stdlib only.

Amounts are in lei: customers are billed in nothing else. Values are integer minor units (bani).
"""

import re

from bot.nlu.reading import Found, Reading, without_overlaps

_NUMBER = r"(\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)"
_LEI = r"(?:lei|leu|leut|leuti|ron|roni)\b"
_LEI_AND_BANI = re.compile(
    rf"(?<![\d.,]){_NUMBER}\s*(?:de\s+)?{_LEI}"
    r"(?:(?:\s+(?:si|and))?\s+(\d{1,2})\s*(?:de\s+)?bani\b)?"
)
_RON_FIRST = re.compile(rf"\bron\s?{_NUMBER}(?![\d.,]*\d)")
_BANI = re.compile(r"(?<![\d.,])(\d{1,4})\s*(?:de\s+)?bani\b")
# "45,50" alone is money in Romanian; "45.50" alone could be anything.
_BARE = re.compile(
    r"(?<![\d.,/:])(\d{1,6},\d{2})(?![\d.,/:%]|\s*(?:euro?|eur|usd|dolari|gb|mb|%)\b)"
)


def find_amounts(reading: Reading) -> list[Found]:
    """Amounts in minor units, in the order of the text."""
    found: list[Found] = []
    for match in _LEI_AND_BANI.finditer(reading.text):
        lei = _minor_units(match.group(1))
        found.append(reading.found(match, lei + int(match.group(2) or 0)))
    for pattern in (_RON_FIRST, _BARE):
        for match in pattern.finditer(reading.text):
            found.append(reading.found(match, _minor_units(match.group(1))))
    for match in _BANI.finditer(reading.text):
        found.append(reading.found(match, int(match.group(1))))
    return without_overlaps(found)


def _minor_units(written: str) -> int:
    """ "1.234,56" and "1,234.56" are 123456; three digits after a sign are thousands."""
    whole, fraction = written, ""
    decimal: re.Match[str] | None = re.search(r"[.,](\d{1,2})$", written)
    if decimal:
        whole, fraction = written[: decimal.start()], decimal.group(1)
    return int(re.sub(r"\D", "", whole)) * 100 + int(fraction.ljust(2, "0"))
