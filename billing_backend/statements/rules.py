"""Whose money is a line of a bank statement? Pure.

By what the payer wrote, never by the amount alone: two customers pay the same every month. How
much it pays of what is open is the allocation's question (payments/rules.py).
"""

import re
from collections.abc import Mapping
from datetime import datetime

from billing_backend.customers.rules import is_customer_number
from billing_backend.statements.facts import Match, Named, NoMatch, StatementLine

# DT-2026-000123, also as people type it: "dt 2026 123", "DT2026/000123".
_INVOICE = re.compile(r"\b([A-Z]{1,5})[ ./-]?(20\d\d)[ ./-]?(\d{1,6})\b", re.IGNORECASE)
_EIGHT_DIGITS = re.compile(r"(?<!\d)\d{8}(?!\d)")


def invoice_numbers(note: str) -> list[str]:
    """The invoice numbers that a note names, as they are printed."""
    return [
        f"{series.upper()}-{year}-{int(serial):06d}"
        for series, year, serial in _INVOICE.findall(note)
    ]


def customer_numbers(note: str) -> list[str]:
    """What may be customer numbers in a note: their check digit is right."""
    return [digits for digits in _EIGHT_DIGITS.findall(note) if is_customer_number(digits)]


def all_numbers(note: str) -> list[str]:
    """Every invoice and customer number that a note may name."""
    return [*invoice_numbers(note), *customer_numbers(note)]


def sure_numbers(note: str) -> list[str]:
    """Those that can be nothing else: eight digits may also be a day (20261124, 24112026)."""
    customers = [digits for digits in customer_numbers(note) if not _may_be_a_day(digits)]
    return [*invoice_numbers(note), *customers]


def match(line: StatementLine, known: Mapping[str, Named]) -> Match | NoMatch:
    """The account that the note names. `known` are the numbers that exist, of all lines.

    An invoice says more than a customer number; several invoices of one account are fine, two
    accounts are for a person to tell apart.
    """
    invoices, customers = invoice_numbers(line.note), customer_numbers(line.note)
    if not invoices and not customers:
        return NoMatch("no_reference")
    found = [known[number] for number in invoices if number in known]
    found = found or [known[number] for number in customers if number in known]
    if not found:
        return NoMatch("unknown_reference")
    if len({each.account_id for each in found}) > 1:
        return NoMatch("two_accounts")
    if found[0].currency != line.amount.currency:
        return NoMatch("other_currency")
    one_invoice = found[0].invoice_id if len(found) == 1 else None
    return Match(found[0].account_id, one_invoice)


def _may_be_a_day(digits: str) -> bool:
    for form in ("%Y%m%d", "%d%m%Y", "%m%d%Y"):
        try:
            read = datetime.strptime(digits, form)  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if 1900 <= read.year < 2100:
            return True
    return False
