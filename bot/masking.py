"""What may never be stored or logged, and how is it taken out?

Pure. What `mask` and `take_secret` return may be stored: without sensitive numbers, without
characters that the database cannot hold, and no longer than MAX_TEXT.
"""

import re
from itertools import accumulate

from stdnum import iban
from stdnum.ro import cnp

from bot.spoken_digits import digits_in

MAX_TEXT = 4096  # characters of a message that are kept
MAX_LOG_TEXT = 32_768  # characters; a long traceback
_LONGEST_FORM = 128  # characters of one sensitive number, generously spaced

SECRET_LENGTHS = {"code": 6, "pin": 4}

# People group digits by spaces and dashes; no-break and zero-width spaces come from copying.
_GAP = r"[ \t\u00a0\u2007\u2009\u200b\u202f\u2060\-–]{0,2}"
_DIGIT_RUN = re.compile(rf"\d(?:{_GAP}\d){{12,}}")
_IBAN_START = re.compile(r"[A-Za-z]{2}\s?\d{2}")
_IBAN_LENGTHS = range(15, 35)
_CARD_LENGTHS = range(19, 12, -1)  # longest first
_CARD_FIRST = "23456"  # no card scheme begins otherwise
_LuhnSums = tuple[list[int], list[int]]


# Phone numbers as people and providers write them. Digits glued to letters, or behind a dash or
# a decimal point, are ids, times and measures, not phones.
_PHONES = re.compile(
    r"""
    (?<![\w-])(?<!\d\.)
    (?: \+\d (?:[ ().-]{0,2}\d){7,14}        # with its country code
      | 0[237]\d (?:[ .-]?\d){7}             # as written in Romania
      | (?:00)?40[237]\d{8} )                 # without the plus
    (?![\w-])
    """,
    re.VERBOSE,
)
_EMAILS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_BOT_TOKENS = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}")
_URL_PASSWORDS = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)")


def mask(text: str) -> str:
    """The text as it may be stored: card numbers, Romanian personal numeric codes and IBANs
    replaced by "[card]", "[cnp]" and "[iban]"; see the module for the rest.

    Cutting comes last, so that half a card number at the end of a long text is not taken for
    harmless digits.
    """
    return _masked_near(text)[:MAX_TEXT]


def take_secret(text: str, expects: str | None) -> tuple[str, str | None]:
    """The text as it may be stored and the code or PIN that was asked for, if it was in there.

    `expects` is what the bot has just asked; for anything but "code" and "pin" there is no
    secret. 4 to 8 digits count, also spaced, dashed or said as words in Romanian or English.
    All of them become "[code]" or "[pin]"; meant is the first of the right length, else the first.
    """
    length = SECRET_LENGTHS.get(expects or "")
    if length is None:
        return mask(text), None
    near = _masked_near(text)  # first, so that a card typed by mistake is not tried as a PIN
    found = [
        (start, end, digits) for start, end, digits in digits_in(near) if 4 <= len(digits) <= 8
    ]
    secrets = [digits for _, _, digits in found]
    meant = next((digits for digits in secrets if len(digits) == length), None)
    for start, end, _ in reversed(found):
        near = f"{near[:start]}[{expects}]{near[end:]}"
    return near[:MAX_TEXT], meant or (secrets[0] if secrets else None)


def is_cut(text: str) -> bool:
    """Whether storing keeps only the beginning of a text; the answer should say so."""
    return len(text) > MAX_TEXT


def whole(text: str) -> str:
    """The text without what PostgreSQL cannot hold: NUL characters, halves of surrogate pairs."""
    joined = text.replace("\x00", "").encode("utf-16", "surrogatepass")
    return joined.decode("utf-16", "replace")


def mask_for_logs(text: str) -> str:
    """A text that may be logged: besides what `mask` takes out, no phone numbers, e-mail
    addresses, Telegram bot tokens or passwords in addresses. At most MAX_LOG_TEXT of it."""
    text = _URL_PASSWORDS.sub(r"\1[password]\2", text[:MAX_LOG_TEXT])
    text = _BOT_TOKENS.sub("[token]", text)
    text = _EMAILS.sub("[email]", text)
    return _PHONES.sub("[phone]", _mask_long_numbers(_mask_ibans(text)))


def _masked_near(text: str) -> str:
    """Masked, but not cut yet: a little more than MAX_TEXT is kept."""
    near = whole(text)[: MAX_TEXT + _LONGEST_FORM]
    return _mask_long_numbers(_mask_ibans(near))


def _mask_ibans(text: str) -> str:
    parts, at = [], 0
    for start in _IBAN_START.finditer(text):
        end = _iban_end(text, start.start()) if start.start() >= at else None
        if end is not None:
            parts += [text[at : start.start()], "[iban]"]
            at = end
    return "".join([*parts, text[at:]])


def _iban_end(text: str, start: int) -> int | None:
    """Where the IBAN that begins here ends, if one does; spaces inside are allowed."""
    compact, remainder = "", 0
    for at in range(start, min(start + 2 * _IBAN_LENGTHS.stop, len(text))):
        character = text[at]
        if character in " -\u00a0":
            continue
        if not (character.isascii() and character.isalnum()) or len(compact) > _IBAN_LENGTHS[-1]:
            return None
        compact += character.upper()
        if len(compact) > 4:  # the checksum goes along, because the full check is slow
            remainder = _mod_97(remainder, compact[-1])
        summed = len(compact) in _IBAN_LENGTHS and _mod_97(remainder, *compact[:4]) == 1
        if summed and iban.is_valid(compact):
            return at + 1
    return None


def _mod_97(remainder: int, *characters: str) -> int:
    """ISO 7064 mod 97-10, continued: a letter counts as two digits, A is 10."""
    for character in characters:
        remainder = (remainder * (10 if character.isdigit() else 100) + int(character, 36)) % 97
    return remainder


def _mask_long_numbers(text: str) -> str:
    return _DIGIT_RUN.sub(lambda run: _mask_run(run.group()), text)


def _mask_run(run: str) -> str:
    """A run of 13 digits or more: what in it is a personal code or a card, wherever it begins."""
    places = [at for at, character in enumerate(run) if character.isdecimal()]
    digits = "".join(str(int(run[at])) for at in places)
    sums = _luhn_sums(digits)
    parts, at, copied = [], 0, 0
    while at < len(digits):
        found = _sensitive(digits, at, sums)
        if found is None:
            at += 1
            continue
        name, length = found
        parts += [run[copied : places[at]], name]
        copied = places[at + length - 1] + 1
        at += length
    return "".join([*parts, run[copied:]])


def _sensitive(digits: str, at: int, sums: _LuhnSums) -> tuple[str, int] | None:
    # "12": the month, asked first because the full check is slow
    if digits[at + 3 : at + 5] <= "12" and cnp.is_valid(digits[at : at + 13]):
        return "[cnp]", 13
    if digits[at] in _CARD_FIRST:
        for length in _CARD_LENGTHS:
            end = at + length
            if end <= len(digits) and (sums[end % 2][end] - sums[end % 2][at]) % 10 == 0:
                return "[card]", length
    return None


def _luhn_sums(digits: str) -> _LuhnSums:
    """Running Luhn sums, so that each of the many places where a card could stand costs nothing.

    The first is for numbers that end before an even place (their digits at odd places count
    single), the second for those that end before an odd one.
    """
    weights = ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], list(range(10)))
    even, odd = (
        [0, *accumulate(weights[(at + end) % 2][int(d)] for at, d in enumerate(digits))]
        for end in (0, 1)
    )
    return even, odd
