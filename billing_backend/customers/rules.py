"""What is a right customer number, and how are phone, company and bank numbers written?"""

import phonenumbers
from stdnum import iban as international_account
from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.ro import cui as company_number

NUMBER_DIGITS = 8


def customer_number(serial: int) -> str:
    """The customer number of a serial (0 to 9,999,999): 7 digits and their Luhn check digit.

    The check digit catches every mistyped digit and most swapped neighbours.
    """
    body = f"{serial:07d}"
    if len(body) != NUMBER_DIGITS - 1:
        raise ValueError("a customer's serial has at most 7 digits")
    return body + str(luhn.calc_check_digit(body))


def is_customer_number(text: str) -> bool:
    return len(text) == NUMBER_DIGITS and bool(luhn.is_valid(text))


def e164(phone: str, region: str = "RO") -> str | None:
    """The number as +40..., whatever way it was written; None when it is not one."""
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tax_id(text: str) -> str | None:
    """A company's CUI without spaces, "RO" before it where that was written (it says that the
    company is registered for VAT); None when the check digit is wrong."""
    try:
        digits = str(company_number.validate(text))
    except ValidationError:
        return None
    registered = "".join(text.split()).upper().startswith("RO")
    return f"RO{digits.removeprefix('RO')}" if registered else digits


def iban(text: str) -> str | None:
    """A bank account without spaces, of any country; None when it is not one."""
    try:
        return str(international_account.validate(text))
    except ValidationError:
        return None
