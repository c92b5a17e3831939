"""How does a person give back all or part of an invoice, or of one of its lines?"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    AboveLimit,
    Authority,
    Credited,
    CreditedBefore,
    CreditRefused,
)
from billing_backend.corrections import amounts
from billing_backend.corrections.credit_notes import issue, name_of
from billing_backend.corrections.credit_repository import credits_on, last_credit
from billing_backend.corrections.facts import CreditLine
from billing_backend.corrections.reasons import BY_HAND, Reason
from billing_backend.customers.repository import lock_account
from billing_backend.errors import CurrencyMismatch, NotFound, WrongValue
from billing_backend.fields import plain_text
from billing_backend.idempotency import once
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money
from billing_backend.policy import Policy, above_limit

NOTE_LENGTH = 1_000
_RESULT: TypeAdapter[Credited | AboveLimit | CreditRefused] = TypeAdapter(
    Credited | AboveLimit | CreditRefused
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """An invoice (and line) as it stands under the lock, and what is left of it."""

    invoice: InvoiceView
    line: LineView | None
    given: list[CreditLine]
    left: Money
    last: CreditedBefore | None


async def credit(
    session: AsyncSession,
    invoice_number: str,
    *,
    line: int | None,
    amount: Money | None,
    reason: str,
    note: str,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
    expected_left: Money | None = None,
) -> Credited | AboveLimit | CreditRefused:
    """A credit note for what is left of an invoice or line, or for a gross part of it.

    Of two people who credit one invoice at the same time, the second is told what the first did
    instead of adding to it; `expected_left` extends that to the time since the caller looked.
    Raises NotFound (invoice, line), WrongValue and CurrencyMismatch.
    """
    _check(amount, reason)
    note = plain_text("note", note, most=NOTE_LENGTH)

    async def work() -> Credited | AboveLimit | CreditRefused:
        seen = await _invoice(session, invoice_number)
        before = await last_credit(session, seen.invoice_id)
        await lock_account(session, seen.account_id)
        # Read again under the lock: a payment or another note may just have changed it.
        looked = await _look(session, invoice_number, line)
        changed = looked.last != before or expected_left not in (None, looked.left)
        wanted = looked.left if amount is None else amount
        refused = _refusal(wanted, looked, authority, policy, changed=changed)
        return refused or await issue(
            session,
            looked.invoice,
            _lines(looked, wanted, reason),
            reason=reason,
            note=note,
            actor=authority.name,
            now=now,
            policy=policy,
        )

    request = {
        "do": "credit",
        "invoice": invoice_number,
        "line": line,
        "amount": None if amount is None else (amount.minor, amount.currency),
        "reason": reason,
        "note": note,
    }
    return await once(session, key, request, _RESULT, work)


def _check(amount: Money | None, reason: str) -> None:
    if reason not in list(Reason):
        raise WrongValue("reason", f"must be one of {', '.join(BY_HAND)}")
    if reason not in BY_HAND:
        raise WrongValue("reason", "a discount is granted by its rules, not by credit note")
    if amount is not None and amount.minor <= 0:
        raise WrongValue("amount", "must be above zero")


async def _invoice(session: AsyncSession, number: str) -> InvoiceView:
    found = await invoices.by_number(session, number)
    if found is None:
        raise NotFound("invoice", number)
    return found


async def _look(session: AsyncSession, number: str, line: int | None) -> _Looked:
    invoice = await _invoice(session, number)
    given = await credits_on(session, invoice.invoice_id)
    chosen = None if line is None else _line(invoice, line)
    if chosen is None:
        left = amounts.left_of_invoice(invoice, given)
    else:
        left = amounts.left_of_line(invoice, chosen, given)
    return _Looked(invoice, chosen, given, left, await last_credit(session, invoice.invoice_id))


def _line(invoice: InvoiceView, number: int) -> LineView:
    if not 1 <= number <= len(invoice.lines):
        raise NotFound("line", f"{number} on {invoice.number}, which has {len(invoice.lines)}")
    return invoice.lines[number - 1]


def _refusal(
    wanted: Money, looked: _Looked, authority: Authority, policy: Policy, *, changed: bool
) -> CreditRefused | AboveLimit | None:
    left = looked.left
    if wanted.currency != left.currency:
        raise CurrencyMismatch(wanted.currency, left.currency)
    if changed:
        return CreditRefused("changed_meanwhile", left, looked.last)
    if left.minor <= 0:
        return CreditRefused("nothing_left", left, looked.last)
    if wanted > left:
        return CreditRefused("more_than_left", left, looked.last)
    return above_limit(policy.correction_limits, wanted, authority.tier)


def _lines(looked: _Looked, amount: Money, reason: str) -> tuple[CreditLine, ...]:
    invoice, given = looked.invoice, looked.given
    if looked.line is not None:
        return amounts.of_line(invoice, looked.line, amount, given)
    if amount == looked.left:
        return amounts.whole(invoice, name_of(reason), given)
    return amounts.spread(invoice, amount, name_of(reason), given)
