"""Which phone number is this, if it is one at all, and what does its country speak?"""

import phonenumbers

HOME_REGION = "RO"  # how a number without a country code is read
HOME_LANGUAGE = "ro"
_LANGUAGES = {40: "ro", 373: "ro", 44: "en", 1: "en", 353: "en", 61: "en", 64: "en"}

# What the telephone network sends for a hidden caller, spelled on a keypad: ANONYMOUS,
# RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. Some would pass for real numbers.
_HIDDEN = frozenset(
    {"+266696687", "+7378742883", "+17378742883", "+2562533", "+8656696", "+86282452253"}
)


def e164(text: str) -> str | None:
    """The number in E.164, or None for a hidden caller, a short code or a name."""
    candidate = text.strip()
    if candidate in _HIDDEN or not candidate.lstrip("+").replace(" ", "").isdigit():
        return None
    try:
        number = phonenumbers.parse(candidate, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def language_of(phone: str | None) -> str | None:
    """ "ro" or "en" by the country of an E.164 number; None where that says nothing."""
    if phone is None:
        return None
    return _LANGUAGES.get(phonenumbers.parse(phone).country_code or 0)
