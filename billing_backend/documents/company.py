"""Who are we, on the documents of a day? Read from the company's file (LIMPEDE_COMPANY_FILE).

The file is a JSON list, one entry per day from which something on our documents is different; an
invoice goes by its day of issue. company.json beside this module is the demo company's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic import model_validator as whole

from billing_backend.customers import rules
from billing_backend.documents.values import Address, Seller

DEMO = Path(__file__).with_name("company.json")
_SECTOR = re.compile(r"Sector [1-6]")


class CompanyFileWrong(Exception):
    """The company's file cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Sellers:
    """The company's entries, oldest first; none when the installation has not said who it is."""

    entries: tuple[tuple[date, Seller], ...] = ()

    def on(self, day: date) -> Seller | None:
        """The entry of that day; the first one for days before it."""
        if not self.entries:
            return None
        valid = [seller for since, seller in self.entries if since <= day]
        return valid[-1] if valid else self.entries[0][1]


def read(file: Path = DEMO) -> Sellers:
    """Raises CompanyFileWrong with one line."""
    try:
        entries = _ENTRIES.validate_python(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise CompanyFileWrong(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise CompanyFileWrong(f"{file}: {_first(error)}") from error
    except ValueError as error:
        raise CompanyFileWrong(f"{file}: not JSON in UTF-8: {error}") from error
    if not entries:
        raise CompanyFileWrong(f"{file}: there is no entry in the list")
    return Sellers(tuple(sorted(_dated(entries), key=lambda entry: entry[0])))


@cache
def counties() -> dict[str, str]:
    """The counties' names by ISO 3166-2:RO code."""
    text = Path(__file__).with_name("counties.json").read_text(encoding="utf-8")
    names: dict[str, str] = json.loads(text)
    return names


def _known_county(code: str) -> str:
    if code not in counties():
        raise ValueError("must be an ISO 3166-2 code such as RO-CJ")
    return code


def _valid_cui(number: str) -> str:
    valid = rules.tax_id(number)
    if valid is None:
        raise ValueError("is not a CUI: its check digit is wrong")
    return valid


def _valid_iban(number: str) -> str:
    valid = rules.iban(number)
    if valid is None:
        raise ValueError("is not an IBAN: its check digits are wrong")
    return valid


def _line(length: int) -> object:
    return Field(min_length=1, max_length=length)


class _Entry(BaseModel):
    """One entry; lengths are those of CIUS-RO."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    valid_from: date
    name: Annotated[str, _line(200)]
    tax_id: Annotated[str, AfterValidator(_valid_cui)]
    registration: Annotated[str, _line(40)]
    capital: str = ""
    street: Annotated[str, _line(150)]
    city: Annotated[str, _line(50)]
    county: Annotated[str, AfterValidator(_known_county)]
    postal_code: Annotated[str, Field(max_length=20)] = ""
    iban: Annotated[str, AfterValidator(_valid_iban)]
    bank: Annotated[str, _line(200)]
    phone: Annotated[str, Field(max_length=100)] = ""
    email: Annotated[str, Field(max_length=100)] = ""
    website: Annotated[str, Field(max_length=100)] = ""

    @whole(mode="after")
    def bucharest_has_sectors(self) -> Self:
        if self.county == "RO-B" and not _SECTOR.fullmatch(self.city):
            raise ValueError("city: in Bucharest it is Sector 1 to Sector 6")
        return self


_ENTRIES = TypeAdapter(list[_Entry])


def _dated(entries: Sequence[_Entry]) -> list[tuple[date, Seller]]:
    return [
        (
            entry.valid_from,
            Seller(
                name=entry.name,
                tax_id=entry.tax_id,
                registration=entry.registration,
                address=Address(entry.street, entry.city, entry.county, entry.postal_code),
                iban=entry.iban,
                bank=entry.bank,
                capital=entry.capital,
                phone=entry.phone,
                email=entry.email,
                website=entry.website,
            ),
        )
        for entry in entries
    ]


def _first(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in found["loc"])
    what = found["msg"].removeprefix("Value error, ")
    return f"{where}: {what}"
