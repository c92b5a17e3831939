"""Is a text that somebody gave us one that may be kept?"""

from billing_backend.errors import WrongValue

_LINE_ENDS = "\n\r\t"


def plain_text(field: str, text: str, *, most: int, least: int = 1) -> str:
    """The text without spaces around it; WrongValue names the field that is empty, too long or
    holds what is no text."""
    plain = text.strip()
    check_text(field, plain, most=most, least=least)
    return plain


def check_text(field: str, text: str, *, most: int, least: int = 1) -> None:
    """The same for a text that is kept as it is."""
    if len(text) < least:
        raise WrongValue(field, "must not be empty")
    if len(text) > most:
        raise WrongValue(field, f"at most {most:,} characters, these are {len(text):,}")
    if any(ord(letter) < ord(" ") and letter not in _LINE_ENDS for letter in text):
        raise WrongValue(field, "must be plain text without control characters")
