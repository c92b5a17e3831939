"""What does a message look like once the ways of typing it no longer matter? Pure, stdlib only."""

import re
import unicodedata

# Longer messages are understood by their beginning: no request needs more, and the cost of
# taking a text apart grows with its length.
MAX_CHARACTERS = 1000

_URL = re.compile(r"(?:https?://|www\.)\S+")
_EMAIL = re.compile(r"\S+@\S+\.\w+")
_AMOUNT = re.compile(
    r"\b\d+(?:[.,]\d+)*\s*(?:de\s+)?(?:lei|leu|ron|bani|eur|euro|dolari|dollars?)\b"
    r"|[€$£]\s?\d+(?:[.,]\d+)*"
)
_CODE = re.compile(r"\b[a-z]{1,5}[-/]?\d{3,}(?:[-/]\d+)*\b")
_DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LONG = re.compile(r"(.)\1{2,}")
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_NOT_WORD = re.compile(r"[^\w?]+|_+")
_SIGNS = {
    "👍": " signyes ", "👌": " signyes ", "✅": " signyes ", "🙏": " signthanks ",
    "👎": " signno ", "❌": " signno ", "👋": " signhello ", "😡": " signangry ",
    "🤬": " signangry ", "😠": " signangry ",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


def fold(text: str) -> str:
    """`text` in lower case and without diacritics, letter for letter.

    In composed form (NFC) the result is as long as the text, so positions in one are positions
    in the other. Romanian is written both with diacritics and without, by the same people.
    """
    return unicodedata.normalize("NFC", text).translate(_FOLDED)


def normalise(text: str) -> str:
    """`text` as the intent model reads it: folded, one space between words, no punctuation.

    Amounts, dates, numbers, invoice numbers, links and addresses become one word for each kind:
    which number it is says nothing about what is wanted. A question mark stays.
    """
    text = fold(text[:MAX_CHARACTERS])
    text = _SIGN.sub(lambda found: _SIGNS[found.group()], text)
    text = _URL.sub(" xlink ", text)
    text = _EMAIL.sub(" xemail ", text)
    text = _AMOUNT.sub(" xamount ", text)
    text = _DATE.sub(" xdate ", text)
    text = _CODE.sub(" xcode ", text)
    text = _NUMBER.sub(_number_word, text)
    text = _LONG.sub(_shortened, text)
    text = _APOSTROPHE.sub("", text)
    text = text.replace("?", " ? ")
    return " ".join(_NOT_WORD.sub(" ", text).split())


def _number_word(found: "re.Match[str]") -> str:
    digits = sum(each.isdigit() for each in found.group())
    return " xnumber " if digits < 5 else " xlongnumber "


def _shortened(found: "re.Match[str]") -> str:
    """ "daaaa" is "da"; but Romanian ends words in -ii, and "copiiii" is "copii"."""
    letter = found.group(1)
    return letter * 2 if letter == "i" else letter


class _Folded(dict[int, str]):
    """Letter to plain small letter, worked out once for each letter that turns up."""

    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFD", chr(code))[0].lower()
        self[code] = folded = letter if len(letter) == 1 else chr(code)
        return folded


_FOLDED = _Folded()
