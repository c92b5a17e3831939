"""Which charge on a bill does the customer mean?

A product may stand on several lines (a part of last month, all of this one): to the customer it
is one charge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from billing_backend.contract import InvoiceFacts
from billing_backend.money import Money, total
from bot.nlu.normaliser import fold

WHOLE = "all"
# With the whole bill nine choices: as many as can be answered with one digit.
_SHOWN = 8
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")
_OTHER = re.compile(r"\b(?:cealalta|celalalt|alta|altul|the other|another|other one)\b")
_WHOLE = re.compile(r"\b(?:toata|totul|tot|intreaga|integral|whole|everything|entire|all of it)\b")


@dataclass(frozen=True, slots=True)
class Charge:
    """Lines of one name; `key` (the first one's id) stands for it on buttons."""

    key: str
    name: dict[str, str]
    line_ids: tuple[str, ...]
    amount: Money


def charges(invoice: InvoiceFacts) -> list[Charge]:
    """What costs something on the bill, the biggest first."""
    by_name: dict[str, list[tuple[str, dict[str, str], Money]]] = {}
    for line in invoice.lines:
        if line.gross.minor > 0 and line.line_id is not None:
            same = by_name.setdefault(str(sorted(line.description.items())), [])
            same.append((str(line.line_id), line.description, line.gross))
    found = [
        Charge(
            key=lines[0][0],
            name=lines[0][1],
            line_ids=tuple(line_id for line_id, _, _ in lines),
            amount=total(gross for _, _, gross in lines),
        )
        for lines in by_name.values()
    ]
    return sorted(found, key=lambda charge: -charge.amount.minor)[:_SHOWN]


def charge_of(invoice: InvoiceFacts, key: str) -> Charge | None:
    return next((charge for charge in charges(invoice) if charge.key == key), None)


def charge_in(invoice: InvoiceFacts, text: str) -> Charge | None:
    """The one charge whose name is said in the text; None when none is, or several are."""
    words = set(_WORD.findall(fold(text)))
    listed = charges(invoice)
    named = {charge.key: len(_own_words(charge, listed) & words) for charge in listed}
    most = max(named.values(), default=0)
    best = [charge for charge in listed if named[charge.key] == most]
    return best[0] if most and len(best) == 1 else None


def other_charge_in(text: str) -> bool:
    """Whether another charge is meant than the one spoken of, without its name."""
    return _OTHER.search(fold(text)) is not None


def whole_bill_in(text: str) -> bool:
    return _WHOLE.search(fold(text)) is not None


def _own_words(charge: Charge, listed: Sequence[Charge]) -> set[str]:
    """The words of a name that no other charge has, in either language."""
    others = {word for other in listed if other is not charge for word in _words(other)}
    return _words(charge) - others


def _words(charge: Charge) -> set[str]:
    return {word for name in charge.name.values() for word in _WORD.findall(fold(name))}
