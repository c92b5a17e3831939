"""How does money go back to a customer: of their credit, or of one payment?

A refund is requested here, sent by the payment provider (refund_sending.py) or by a person's bank
transfer, and settled here. Never more goes back than was paid and not given back before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.clock import business_date
from billing_backend.contract import (
    AboveLimit,
    Authority,
    RefundFacts,
    RefundRefused,
    RefundsRequested,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import ImpossibleRefund, NotFound, UnknownReason
from billing_backend.idempotency import once
from billing_backend.invoices.service import balance
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money, total
from billing_backend.payments import link_repository as links
from billing_backend.payments import refund_repository, repository
from billing_backend.payments.models import Payment, Refund
from billing_backend.payments.repository import Unused
from billing_backend.payments.rules import Share, take_back
from billing_backend.payments.service import allocation_row, use_credit
from billing_backend.policy import Policy, above_limit

REASONS = ("requested", "duplicate", "overpaid", "cancelled", "error")
_METHODS = {"provider": "card", "bank_transfer": "bank_transfer"}
Outcome = RefundsRequested | RefundRefused | AboveLimit
_RESULT: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Source:
    """What a refund is taken from; `taken_back` of it had paid invoices."""

    account_id: UUID | None
    payment_id: UUID | None
    credit_note_id: UUID | None
    amount: Money
    method: str
    taken_back: Money


async def refund_credit(
    session: AsyncSession,
    account_id: UUID,
    amount: Money,
    *,
    reason: str,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Outcome:
    """Sends back so much of the account's credit, what came by the provider first.

    Raises UnknownReason, and ImpossibleRefund for an amount below or of zero.
    """
    _sensible(amount, reason)

    async def work() -> Outcome:
        await lock_account(session, account_id)
        unused = await repository.unused(session, [account_id])
        left = total((Money(each.minor, each.currency) for each in unused), amount.currency)
        refused = _refused(amount, left) or above_limit(
            policy.refund_limits, amount, authority.tier
        )
        if refused is not None:
            return refused
        sources = await _of_credit(session, amount, unused)
        made = [await request(session, source, reason, authority.name, now) for source in sources]
        return await _requested(session, account_id, made, now, policy)

    request_made = _fingerprint("refund_credit", account_id, amount, reason)
    return await once(session, key, request_made, _RESULT, work)


async def refund_payment(
    session: AsyncSession,
    reference: str,
    amount: Money | None,
    *,
    reason: str,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Outcome:
    """Sends back a payment, or so much of it: first what is left of it, then what it has paid,
    of the newest invoice first; those invoices are open again.

    Raises NotFound without such a payment, UnknownReason, and ImpossibleRefund for an amount
    below or of zero, or in another currency.
    """
    payment = await repository.by_reference(session, reference)
    if payment is None:
        raise NotFound("payment", reference)
    _sensible(Money(1, payment.currency) if amount is None else amount, reason)
    if amount is not None and amount.currency != payment.currency:
        raise ImpossibleRefund(amount)

    async def work() -> Outcome:
        found = await locked(session, reference)
        back = await refund_repository.refunded_of(session, found.id)
        left = Money(found.amount_minor - back, found.currency)
        wanted = left if amount is None else amount
        if found.reversed_on is not None:
            return RefundRefused("reversed", Money(0, found.currency))
        refused = _refused(wanted, left) or above_limit(
            policy.refund_limits, wanted, authority.tier
        )
        if refused is not None:
            return refused
        source = await of_payment(session, found, wanted, now)
        made = await request(session, source, reason, authority.name, now)
        return await _requested(session, found.account_id, [made], now, policy)

    request_made = _fingerprint("refund_payment", reference, amount, reason)
    return await once(session, key, request_made, _RESULT, work)


async def refunds(
    session: AsyncSession, account_id: UUID, *, limit: int, policy: Policy
) -> list[RefundFacts]:
    """Newest first."""
    found = await refund_repository.of_account(session, account_id, limit=limit)
    return [facts(each, policy) for each in found]


async def locked(session: AsyncSession, reference: str) -> Payment:
    """The payment and its account, so that nothing else happens to them; NotFound without it."""
    payment = await repository.by_reference(session, reference)
    if payment is not None and payment.account_id is not None:
        await lock_account(session, payment.account_id)
    payment = await repository.by_reference(session, reference, lock=True)
    if payment is None:
        raise NotFound("payment", reference)
    return payment


async def of_payment(
    session: AsyncSession, payment: Payment, amount: Money, now: datetime
) -> Source:
    """Takes so much off a payment that is locked: off its invoices what is not left of it."""
    paid = await refund_repository.paid_newest_first(session, payment.id)
    back = await refund_repository.refunded_of(session, payment.id)
    left = payment.amount_minor - back - sum(share.minor for share in paid)
    taken = take_back(amount.minor, left, paid)
    opposites = [Share(share.invoice_id, -share.minor) for share in taken]
    await repository.add_allocations(
        session, [allocation_row(share, now, payment_id=payment.id) for share in opposites]
    )
    by_link = await links.is_by_link(session, [payment.reference])
    return Source(
        account_id=payment.account_id,
        payment_id=payment.id,
        credit_note_id=None,
        amount=amount,
        method="provider" if by_link else "bank_transfer",
        taken_back=Money(sum(share.minor for share in taken), amount.currency),
    )


async def request(
    session: AsyncSession, source: Source, reason: str, actor: str, now: datetime
) -> Refund:
    """Keeps a refund of what was taken, in the books and in the audit log."""
    refund_id = uuid4()
    refund = Refund(
        id=refund_id,
        reference=f"RF-{refund_id.hex[:10].upper()}",
        account_id=source.account_id,
        payment_id=source.payment_id,
        credit_note_id=source.credit_note_id,
        amount_minor=source.amount.minor,
        currency=source.amount.currency,
        method=source.method,
        reason=reason,
        state="requested",
        requested_at=now,
        requested_by=actor,
    )
    session.add(refund)
    await session.flush()
    lines = [
        Transfer(Ledger.RECEIVABLE, Ledger.REFUNDS, source.taken_back),
        Transfer(_held(refund), Ledger.REFUNDS, source.amount - source.taken_back),
    ]
    await _book(session, refund, "refund_requested", lines, now)
    await _audit(session, refund, "refund.requested", actor, {"reason": reason}, now)
    if source.taken_back and source.account_id is not None:
        # Other credit of the account pays what is open again, before it can cost a late fee.
        await use_credit(session, [source.account_id], now=now)
    return refund


async def settle(
    session: AsyncSession,
    refund: Refund,
    state: str,
    *,
    actor: str,
    now: datetime,
    failure: str = "",
) -> bool:
    """A refund that is locked was sent, or failed: then it is the customer's credit again.

    False when that changes nothing: it is so already, or had failed before.
    """
    if state == refund.state or refund.state == "failed" or state == "requested":
        return False
    before, refund.state = refund.state, state
    refund.settled_at, refund.failure = now, failure or None
    await session.flush()
    amount = Money(refund.amount_minor, refund.currency)
    if state == "sent":
        lines = [Transfer(Ledger.REFUNDS, Ledger.CASH, amount)]
    else:
        came_back = Ledger.CASH if before == "sent" else Ledger.REFUNDS
        lines = [Transfer(came_back, _held(refund), amount)]
    await _book(session, refund, f"refund_{state}", lines, now)
    await _audit(session, refund, f"refund.{state}", actor, {"failure": failure or None}, now)
    if state == "failed" and refund.account_id is not None:
        await use_credit(session, [refund.account_id], now=now)
    return True


def facts(refund: Refund, policy: Policy) -> RefundFacts:
    return RefundFacts(
        reference=refund.reference,
        amount=Money(refund.amount_minor, refund.currency),
        method=_METHODS[refund.method],
        state=refund.state,
        requested_on=business_date(refund.requested_at, policy.zone),
        settled_on=None
        if refund.settled_at is None
        else business_date(refund.settled_at, policy.zone),
    )


def _sensible(amount: Money, reason: str) -> None:
    if reason not in REASONS:
        raise UnknownReason(reason, REASONS)
    if amount.minor <= 0:
        raise ImpossibleRefund(amount)


def _refused(amount: Money, left: Money) -> RefundRefused | None:
    if left.minor <= 0:
        return RefundRefused("nothing_left", left)
    return RefundRefused("above_left", left) if amount > left else None


async def _of_credit(
    session: AsyncSession, amount: Money, unused: Sequence[Unused]
) -> list[Source]:
    """The payments and credit notes that the amount comes from; what goes back by itself first."""
    by_link = await links.is_by_link(session, [each.document for each in unused])
    sources, missing = [], amount.minor
    for credit in sorted(unused, key=lambda each: each.document not in by_link):
        part = min(missing, credit.minor)
        if part > 0:
            missing -= part
            sources.append(_of_unused(credit, Money(part, amount.currency), by_link))
    return sources


def _of_unused(credit: Unused, part: Money, by_link: set[str]) -> Source:
    return Source(
        account_id=credit.account_id,
        payment_id=credit.payment_id,
        credit_note_id=credit.credit_note_id,
        amount=part,
        method="provider" if credit.document in by_link else "bank_transfer",
        taken_back=Money(0, part.currency),
    )


def _held(refund: Refund) -> Ledger:
    return Ledger.SUSPENSE if refund.account_id is None else Ledger.CUSTOMER_CREDIT


async def _book(
    session: AsyncSession, refund: Refund, kind: str, lines: Sequence[Transfer], now: datetime
) -> None:
    await journal.post(
        session,
        account_id=refund.account_id,
        kind=kind,
        lines=lines,
        key=f"{kind}:{refund.reference}",
        document=refund.reference,
        now=now,
    )


async def _audit(
    session: AsyncSession,
    refund: Refund,
    action: str,
    actor: str,
    more: dict[str, str | None],
    now: datetime,
) -> None:
    owner = f"account:{refund.account_id}" if refund.account_id else f"refund:{refund.reference}"
    await audit.record(
        session,
        actor=actor,
        action=action,
        subject=owner,
        details={
            "refund": refund.reference,
            "minor": refund.amount_minor,
            "currency": refund.currency,
            "method": refund.method,
            **more,
        },
        now=now,
    )


async def _requested(
    session: AsyncSession,
    account_id: UUID | None,
    made: Sequence[Refund],
    now: datetime,
    policy: Policy,
) -> RefundsRequested:
    found = tuple(facts(each, policy) for each in made)
    amount = total(each.amount for each in found)
    due = Money(0, amount.currency)
    if account_id is not None:
        today = business_date(now, policy.zone)
        due = (await balance(session, account_id, today=today, policy=policy)).due
    return RefundsRequested(amount, found, due)


def _fingerprint(do: str, of: UUID | str, amount: Money | None, reason: str) -> dict[str, object]:
    wanted = None if amount is None else (amount.minor, amount.currency)
    return {"do": do, "of": of, "amount": wanted, "reason": reason}
