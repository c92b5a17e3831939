"""Which columns has a file, how is each read, and what makes a value wrong?"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, String
from sqlalchemy.types import TypeEngine

from billing_backend.customers import rules
from billing_backend.customers.rules import e164, is_customer_number
from billing_backend.money import from_decimal
from billing_backend.written import amount_in, day_in

Value = str | int | date
Values = Mapping[str, Any]

_SHOWN = 30  # characters of a wrong value that a message repeats


class WrongValue(Exception):
    """The value cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `read` answers the value or raises WrongValue, `about` is its documentation.

    An empty field of a column that is not required is `default`: a value, or that of another
    column when it is written "=name".
    """

    name: str
    read: Callable[[str], Value]
    sql: TypeEngine[Any]
    about: str
    required: bool = True
    default: Value | None = None


def text(name: str, about: str, *, longest: int = 200, **rest: Any) -> Column:
    def read(written: str) -> str:
        if len(written) > longest:
            raise WrongValue(f"has {len(written):,} characters; at most {longest:,}")
        return written

    return Column(name, read, String(), about, **rest)


def choice(name: str, about: str, among: tuple[str, ...], **rest: Any) -> Column:
    def read(written: str) -> str:
        if written not in among:
            raise WrongValue(f"{_short(written)} is not one of {', '.join(among)}")
        return written

    return Column(name, read, String(), f"{about} ({', '.join(among)})", **rest)


def day(name: str, about: str, **rest: Any) -> Column:
    def read(written: str) -> date:
        found = day_in(written)
        if found is None:
            raise WrongValue(f"{_short(written)} is not a day; write 2026-11-24")
        return found

    return Column(name, read, Date(), about, **rest)


def amount(name: str, about: str, *, least: int | None = None, **rest: Any) -> Column:
    """In major units in the file ("45.50"), in minor units as a value and in `least`."""

    def read(written: str) -> int:
        found = amount_in(written)
        if found is None:
            raise WrongValue(f"{_short(written)} is no amount; write 45.50")
        minor = from_decimal(found).minor
        if least is not None and minor < least:
            raise WrongValue(f"{_short(written)} is below {least / 100:.2f}")
        return minor

    return Column(name, read, BigInteger(), about, **rest)


def percent(name: str, about: str, **rest: Any) -> Column:
    """In per cent in the file ("21"), in basis points as a value."""

    def read(written: str) -> int:
        found = amount_in(written.removesuffix("%"))
        if found is None or not 0 <= found <= 100:
            raise WrongValue(f"{_short(written)} is not between 0 and 100; write 21")
        return int(found * 100)

    return Column(name, read, Integer(), about, **rest)


def whole(name: str, about: str, *, least: int, most: int, **rest: Any) -> Column:
    def read(written: str) -> int:
        if not re.fullmatch(r"\d{1,12}", written) or not least <= int(written) <= most:
            raise WrongValue(f"{_short(written)} is not a whole number from {least:,} to {most:,}")
        return int(written)

    return Column(name, read, BigInteger(), about, **rest)


def currency(name: str = "currency", *, default: str = "RON") -> Column:
    def read(written: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", written):
            raise WrongValue(f"{_short(written)} is not a currency code; write RON")
        return written

    return Column(name, read, String(), "ISO 4217 code", required=False, default=default)


def phone(name: str, about: str) -> Column:
    def read(written: str) -> str:
        found = e164(written)
        if found is None:
            raise WrongValue("is not a phone number; write +40721234567")
        return found

    return Column(name, read, String(), about)


def customer_number(name: str, about: str) -> Column:
    def read(written: str) -> str:
        if not is_customer_number(written):
            raise WrongValue(f"{_short(written)} is not 8 digits with a right check digit")
        return written

    return Column(name, read, String(), about, required=False)


def tax_id(name: str, about: str) -> Column:
    def read(written: str) -> str:
        found = rules.tax_id(written)
        if found is None:
            raise WrongValue(f"{_short(written)} is not a CUI: the check digit is wrong")
        return found

    return Column(name, read, String(), about, required=False)


def iban(name: str, about: str) -> Column:
    def read(written: str) -> str:
        found = rules.iban(written)
        if found is None:
            raise WrongValue("is not an IBAN: the check digits are wrong")
        return found

    return Column(name, read, String(), about, required=False)


def _short(written: str) -> str:
    return repr(written if len(written) <= _SHOWN else written[:_SHOWN] + "…")
