"""What does billing know of a person, and what of it may be erased?

Invoices, payments, the books and what led to them are kept: the law asks for them, with the name
and address that stand on them. Erased is how the customer is reached and recognised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, hanging
from billing_backend.customers.models import Customer
from billing_backend.errors import NotFound
from billing_backend.hanging import Rows
from billing_backend.privacy import repository


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as a person: `addresses` (phone numbers, Telegram ids) are theirs alone, and
    `conversations` those in which they were recognised or verified."""

    customer_id: UUID
    number: str
    addresses: Sequence[str]
    conversations: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table are gone, and of which tables rows are kept by law."""

    gone: dict[str, int]
    kept: dict[str, int]


async def person(session: AsyncSession, number: str) -> Person:
    """The customer with this number, locked until the caller commits. Raises NotFound."""
    customer = await repository.customer(session, number)
    if customer is None:
        raise NotFound("customer", number)
    return Person(
        customer.id,
        number,
        await repository.own_addresses(session, customer.id),
        await repository.conversations(session, customer.id),
    )


async def export(session: AsyncSession, who: Person) -> Rows:
    """Every row that hangs from the customer, by table, and what the audit log says of them."""
    found = await hanging.rows(session, Customer, [who.customer_id])
    found["audit_entry"] = [
        {"at": entry.at, "actor": entry.actor, "action": entry.action, "details": entry.details}
        for entry in await repository.audited(session, await _subjects(session, who))
    ]
    return found


async def erase(
    session: AsyncSession, who: Person, also: dict[str, int], *, now: datetime
) -> Erased:
    """Forgets the person and writes into the audit log that it was done. `also`: what the caller
    erased elsewhere, by table; it is recorded with the rest."""
    here = await repository.forget_person(session, who.customer_id, who.number, who.addresses)
    gone = dict(Counter(also) + Counter(here))  # adding leaves out what is zero
    left = await hanging.rows(session, Customer, [who.customer_id])
    await audit.record(
        session,
        actor="operator",
        action="privacy.erased",
        subject=f"customer:{who.customer_id}",
        details={"rows": gone},
        now=now,
    )
    return Erased(gone, {table: len(rows) for table, rows in left.items()})


async def _subjects(session: AsyncSession, who: Person) -> list[str]:
    accounts = await repository.accounts(session, who.customer_id)
    return [
        f"customer:{who.customer_id}",
        *(f"account:{account}" for account in accounts),
        *(f"conversation:{conversation}" for conversation in who.conversations),
    ]
