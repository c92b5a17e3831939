"""To whom are the demo company's invoices made out? Invented addresses and firms, always the same
for the same customer."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from stdnum.ro import cui

from billing_backend.demo.cast import Person
from billing_backend.demo.company import Company, made_id, roll
from billing_backend.documents.models import BillingDetails


def make_out(company: Company, person: Person, *, since: date) -> None:
    """Invoices go to the person at home, or for one ordinary customer in twelve to a firm."""
    row = _at_home(person) | {"valid_from": since}
    company.rows[BillingDetails].append(row | _firm(person) if _has_a_firm(person.key) else row)


def _at_home(person: Person) -> dict[str, Any]:
    listed, key = _addresses(), person.key
    street = listed["streets"][roll(len(listed["streets"]), key, "street")]
    return {
        "account_id": made_id("account", key),
        "name": person.name,
        "tax_id": None,
        "registration": None,
        "street": f"{street} nr. {1 + roll(90, key, 'house')}{_flat(key)}",
        "country": "RO",
        **listed["places"][roll(len(listed["places"]), key, "place")],
    }


def _flat(key: str) -> str:
    if roll(3, key, "flat") == 0:
        return ""
    return f", bl. {1 + roll(20, key, 'block')}, ap. {1 + roll(60, key, 'door')}"


def _has_a_firm(key: str) -> bool:
    return key.startswith("customer") and roll(12, key, "firm") == 0


def _firm(person: Person) -> dict[str, Any]:
    """With a number of ten digits, longer than any that was given out."""
    key, firms = person.key, _addresses()["firms"]
    body = f"90000{roll(10_000, key, 'tax id'):04d}"
    registered = roll(2, key, "vat") == 0
    kind = firms[roll(len(firms), key, "firm name")]
    return {
        "name": f"{person.name.split()[-1]} {kind}",
        "tax_id": f"{'RO' if registered else ''}{body}{cui.calc_check_digit(body)}",
        "registration": f"J40/{1 + roll(9_000, key, 'register')}/{2005 + roll(18, key, 'year')}",
    }


@cache
def _addresses() -> dict[str, Any]:
    text = Path(__file__).with_name("addresses.json").read_text(encoding="utf-8")
    listed: dict[str, Any] = json.loads(text)
    return listed
