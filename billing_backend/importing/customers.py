"""How do customers and their accounts come in?

One row per account; a customer with several accounts has several rows, alike in all that is the
customer's.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Integer, Table, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.customers.models import Account, Contact, Customer
from billing_backend.customers.rules import customer_number
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, pages, repeated, varying

_NUMBERS_LOCK = 0x11E6
_COMPANY = ("company_name", "tax_id", "iban")
_OF_CUSTOMER = (
    *("number", "name", "first_name", "language", "phone", "since"),
    *_COMPANY,
    "notices",
)


def _row(values: Values, today: date) -> Iterable[Wrong]:
    if values["since"] > today:
        yield "since", "is in the future"
    if values["opened_on"] < values["since"]:
        yield "opened_on", "is before since"
    if (values["company_name"] is None) != (values["tax_id"] is None):
        yield "tax_id", "and company_name belong together: give both or neither"


def _number_of_another(staged: Table) -> Query:
    return (
        select(staged.c.line, literal("is the number of another customer"))
        .join(Customer, Customer.number == staged.c.number)
        .where(Customer.reference.is_distinct_from(staged.c.reference))
    )


def _number_twice(staged: Table) -> Query:
    other = staged.alias("other")
    return select(staged.c.line, literal("stands at another reference too")).where(
        select(other.c.line)
        .where(other.c.number == staged.c.number, other.c.reference != staged.c.reference)
        .exists()
    )


def _account_of_another(staged: Table) -> Query:
    return (
        select(staged.c.line, literal("is the account of another customer"))
        .join(Account, Account.reference == staged.c.account)
        .join(Customer, Customer.id == Account.customer_id)
        .where(Customer.reference.is_distinct_from(staged.c.reference))
    )


def _account_twice(staged: Table) -> Query:
    return repeated(staged, "account")


def _customer_differs(staged: Table) -> Query:
    differs = _difference(staged)
    words = func.concat("is there already with another ", differs)
    return (
        select(staged.c.line, words)
        .join(Customer, Customer.reference == staged.c.reference)
        .join(Contact, _first_phone())
        .where(differs.is_not(None))
    )


def _known(staged: Table) -> Query:
    differs = differing(
        [
            ("billing_day", staged.c.billing_day, Account.billing_day),
            ("currency", staged.c.currency, Account.currency),
            ("opened_on", staged.c.opened_on, Account.opened_on),
            ("label", staged.c.label, Account.label),
        ]
    )
    return select(staged.c.line, differs.label("differs_in")).join(
        Account, Account.reference == staged.c.account
    )


def _difference(staged: Table) -> Any:
    number = func.coalesce(staged.c.number, Customer.number)
    plain = ("name", "first_name", "language", "since", *_COMPANY)
    return differing(
        [
            ("number", number, Customer.number),
            *((name, staged.c[name], getattr(Customer, name)) for name in plain),
            ("phone", staged.c.phone, Contact.value),
        ]
    )


def _first_phone() -> Any:
    return (
        (Contact.customer_id == Customer.id) & (Contact.kind == "phone") & (Contact.position == 0)
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(_NUMBERS_LOCK)))
    next_serial = await _next_serial(session, staged)
    done = 0
    async for page in pages(session, _new_customers(staged)):
        customers, contacts = list[dict[str, Any]](), list[dict[str, Any]]()
        for row in page:
            number = row.number
            if number is None:
                number, next_serial = customer_number(next_serial), next_serial + 1
            customer_id = uuid4()
            customers.append(_customer(row, customer_id, number))
            contacts.append(_contact(row, customer_id))
        await copy_rows(session, Customer, customers)
        await copy_rows(session, Contact, contacts)
        done += len(page)
        context.tell(done)
    await session.execute(_accounts(staged))


async def _next_serial(session: AsyncSession, staged: Table) -> int:
    """Above every number given so far and every one that the file gives."""
    highest = 0
    for numbers in (Customer.number, staged.c.number):
        serial = cast(func.left(numbers, 7), Integer)
        highest = max(highest, await session.scalar(select(func.max(serial))) or 0)
    return highest + 1


def _new_customers(staged: Table) -> Query:
    there = select(Customer.id).where(Customer.reference == staged.c.reference).exists()
    return (
        select(staged.c.reference, *(staged.c[name] for name in _OF_CUSTOMER))
        .ext(distinct_on(staged.c.reference))
        .where(~there)
        .order_by(staged.c.reference)
    )


def _customer(row: Any, customer_id: Any, number: str) -> dict[str, Any]:
    return {
        "id": customer_id,
        "reference": row.reference,
        "number": number,
        "name": row.name,
        "first_name": row.first_name,
        "language": row.language,
        "since": row.since,
        "never_held_out": False,
        "kind": "residential" if row.tax_id is None else "business",
        **{name: getattr(row, name) for name in _COMPANY},
        "wants_notices": row.notices == "yes",
    }


def _contact(row: Any, customer_id: Any) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "customer_id": customer_id,
        "kind": "phone",
        "value": row.phone,
        "position": 0,
    }


def _accounts(staged: Table) -> Any:
    rows = select(
        func.gen_random_uuid(),
        Customer.id,
        staged.c.account,
        staged.c.currency,
        staged.c.billing_day,
        staged.c.opened_on,
        staged.c.label,
    ).join(Customer, Customer.reference == staged.c.reference)
    into = ["id", "customer_id", "reference", "currency", "billing_day", "opened_on", "label"]
    return insert(Account).from_select(into, rows)


CUSTOMERS = Kind(
    name="customers",
    columns=(
        c.text("reference", "your own identifier of the customer", longest=64),
        c.text(
            "account",
            "your own identifier of the account; empty: the customer's",
            longest=64,
            required=False,
            default="=reference",
        ),
        c.customer_number("number", "customer number, 8 digits; empty: the next free one"),
        c.text("name", "as it stands on the invoice"),
        c.text("first_name", "how the assistant addresses the customer", longest=60),
        c.choice("language", "what invoices are written in", ("ro", "en")),
        c.phone("phone", "where codes are sent; +40 is added when no country stands there"),
        c.day("since", "customer since"),
        c.whole("billing_day", "day of the month on which a period begins", least=1, most=31),
        c.currency(),
        c.day("opened_on", "when the account was opened", required=False, default="=since"),
        c.text("label", "what the customer calls the account", longest=60, required=False),
        c.text("company_name", "of a business customer", required=False),
        c.tax_id("tax_id", "CUI of a business customer, with RO when registered for VAT"),
        c.iban("iban", "the account that it pays from"),
        c.choice(
            "notices",
            "agreed to be told of bills, due dates and payments",
            ("yes", "no"),
            required=False,
            default="yes",
        ),
    ),
    row=_row,
    checks=(
        Check("account", _account_twice),
        Check("reference", lambda staged: varying(staged, "reference", _OF_CUSTOMER)),
        Check("number", _number_twice),
        Check("number", _number_of_another),
        Check("account", _account_of_another),
        Check("reference", _customer_differs),
    ),
    known=_known,
    write=_write,
)
