"""Which figures does billing know of an account, by the names that conversations use?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from billing_backend.money import Money
from tests.journeys.people import Product

Value = Money | date | str
_NAME = re.compile(r"\{([a-z0-9_.]+)\}")
# More than Telegram sends in one message and than we keep of one.
_LONG_TEXT = ("nu știu ce să mai zic " * 300)[:5000]
_AMOUNT = re.compile(r"(-?\d+)\.(\d\d) lei")


class Facts:
    """What is true of people and their accounts now; asked anew each time."""

    def __init__(self, product: Product, cast: dict[str, dict[str, str]], who: str) -> None:
        self._product = product
        self._cast = cast
        self._who = who
        self._accounts: dict[str, str] = {}

    def value(self, text: str) -> Value | None:
        """What a text such as "{due}", "{ana.due}" or "49.61 lei" stands for; None: itself."""
        if named := _NAME.fullmatch(text):
            return self._named(named[1])
        if amount := _AMOUNT.fullmatch(text):
            return Money(int(amount[1] + amount[2]), "RON")
        return None

    def fill(self, text: str) -> str:
        """The text with people's numbers in place of their names: "{customer_number}"."""
        return _NAME.sub(lambda found: str(self._named(found[1])), text)

    def of_person(self, who: str, name: str) -> Any:
        return self._cast[who][name]

    def account(self, who: str) -> str | None:
        """The account of a person; None for a stranger."""
        if self._cast[who]["customer_number"] is None:
            return None
        if who not in self._accounts:
            self._accounts[who] = self._product.account(self._cast[who])
        return self._accounts[who]

    def secret_amounts(self, who: str) -> set[Money]:
        """What nobody may hear of an account before they have proved whose it is."""
        account = self.account(who)
        if account is None:
            return set()
        balance = self._read(account, "balance")
        invoices = self._read(account, "invoices", limit=2)["invoices"]
        found = [balance["due"], balance["overdue"], balance["credit"]]
        found += [amount for each in invoices for amount in (each["total"], each["outstanding"])]
        return {money for amount in found if (money := _money(amount)).minor}

    def _named(self, name: str) -> Value:
        if name == "long_text":
            return _LONG_TEXT
        person, _, fact = name.rpartition(".")
        who = person or self._who
        if fact in _OF_THE_PERSON:
            return str(self._cast[who][fact])
        account = self.account(who)
        assert account is not None, f"{who} has no account to take {fact!r} from"
        if fact not in _OF_THE_ACCOUNT:
            raise LookupError(f"there is no figure called {fact!r}: see README.md")
        value = _OF_THE_ACCOUNT[fact](lambda path, **params: self._read(account, path, **params))
        return _money(value) if isinstance(value, Mapping) else value

    def _read(self, account: str, path: str, **params: Any) -> Any:
        return self._product.billing(f"/accounts/{account}/{path}", **params)


def _money(amount: Mapping[str, Any]) -> Money:
    return Money(abs(amount["minor"]), amount["currency"])


def _found(read: Callable[..., Any]) -> Money:
    """All that the review would correct."""
    amounts = [_money(each["amount"]) for each in read("review")["findings"]]
    return sum(amounts[1:], start=amounts[0])


_OF_THE_PERSON = frozenset({"name", "first_name", "phone", "customer_number", "pin"})
_OF_THE_ACCOUNT: Mapping[str, Callable[..., Any]] = {
    "due": lambda read: read("balance")["due"],
    "due_date": lambda read: date.fromisoformat(read("balance")["due_date"]),
    "overdue": lambda read: read("balance")["overdue"],
    "credit": lambda read: read("balance")["credit"],
    "total": lambda read: read("invoices")["invoices"][0]["total"],
    "invoice": lambda read: read("invoices")["invoices"][0]["number"],
    "previous_total": lambda read: read("invoices")["invoices"][1]["total"],
    "difference": lambda read: read("explanation")["difference"],
    "found": _found,
    "plan_price": lambda read: read("services")["plan"]["gross"],
    "period_end": lambda read: date.fromisoformat(read("services")["period_end"]),
    "next_start": lambda read: date.fromisoformat(read("next-invoice")["period_start"]),
    "next_total": lambda read: read("next-invoice")["total"],
    "to_pay": lambda read: read("service")["to_pay"],
}
