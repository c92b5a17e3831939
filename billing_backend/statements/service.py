"""How does a bank statement become payments, and what happens to money that nobody knows?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.customers.repository import lock_account
from billing_backend.errors import CurrencyMismatch, NotFound
from billing_backend.payments.repository import by_reference, known_references
from billing_backend.payments.service import Received, claim, receive
from billing_backend.policy import Policy
from billing_backend.statements import repository
from billing_backend.statements.facts import Match, NoMatch, Statement, StatementLine
from billing_backend.statements.rules import customer_numbers, invoice_numbers, match

_METHOD = "bank_transfer"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: payments booked on accounts, lines for a person with the reason, lines
    that were booked before, lines about something else."""

    matched: int
    unmatched: tuple[tuple[StatementLine, str], ...]
    known: int
    left_out: int


async def book(
    session: AsyncSession, statement: Statement, *, now: datetime, policy: Policy
) -> Imported:
    """Books every new line in the caller's transaction, all or nothing.

    A line whose owner is not known is booked too, on no account: the money is there. A statement
    imported twice changes nothing the second time.
    """
    known = await known_references(session, [line.reference for line in statement.lines])
    new = [line for line in statement.lines if line.reference not in known]
    notes = [line.note for line in new]
    customers = [number for note in notes for number in customer_numbers(note)]
    invoices = [number for note in notes for number in invoice_numbers(note)]
    named = {
        **await repository.customers_named(session, customers),
        **await repository.invoices_named(session, invoices),
    }
    matches = [(line, match(line, named)) for line in new]
    await receive(session, [_received(*each) for each in matches], now=now, policy=policy)
    return Imported(
        matched=sum(isinstance(found, Match) for _, found in matches),
        unmatched=tuple(
            (line, found.reason) for line, found in matches if isinstance(found, NoMatch)
        ),
        known=len(known),
        left_out=statement.left_out,
    )


async def assign(
    session: AsyncSession, reference: str, customer_number: str, *, actor: str, now: datetime
) -> bool:
    """A person says whose money a payment on no account is; it pays what is open there.

    False when it is on an account already or was reversed. NotFound without such a payment or
    customer, or when the customer has several accounts; CurrencyMismatch when the account is
    billed in another currency.
    """
    payment = await by_reference(session, reference)
    if payment is None:
        raise NotFound("payment", reference)
    named = await repository.customers_named(session, [customer_number])
    if customer_number not in named:
        raise NotFound("customer with one account and the number", customer_number)
    owner = named[customer_number]
    if owner.currency != payment.currency:
        raise CurrencyMismatch(payment.currency, owner.currency)
    account_id = owner.account_id
    await lock_account(session, account_id)
    if not await claim(session, payment.id, account_id, now=now):
        return False
    await audit.record(
        session,
        actor=actor,
        action="payment.assigned",
        subject=f"account:{account_id}",
        details={"reference": reference, "minor": payment.amount_minor},
        now=now,
    )
    return True


def _received(line: StatementLine, found: Match | NoMatch) -> Received:
    matched = found if isinstance(found, Match) else None
    return Received(
        account_id=None if matched is None else matched.account_id,
        amount=line.amount,
        received_on=line.booked_on,
        method=_METHOD,
        reference=line.reference,
        payer_note=line.note,
        named_invoice_id=None if matched is None else matched.invoice_id,
        announce=True,
    )
