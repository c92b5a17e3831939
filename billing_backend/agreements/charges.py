"""How is something charged once, on the next invoice?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.agreements import repository
from billing_backend.agreements.amounts import net_of_gross
from billing_backend.contract import Authority
from billing_backend.customers.repository import lock_account
from billing_backend.errors import CannotBill, NotFound
from billing_backend.idempotency import once
from billing_backend.invoices.models import Charge
from billing_backend.invoices.vat import standard_rate
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class ChargeAdded:
    """What the next invoice will carry; net + tax = gross, at the rate of the day of supply."""

    charge_id: UUID
    net: Money
    tax: Money
    gross: Money
    tax_rate_bp: int
    supplied_on: date


@dataclass(frozen=True, slots=True)
class ChargeRefused:
    """reason: not_positive, other_currency, no_words (a name in both languages is needed),
    in_future (a supply is charged once it was made), before_account, no_tax_rate,
    gross_not_possible (no net amount has this gross: `nearest` is possible)."""

    reason: str
    nearest: Money | None = None


_ANSWER: TypeAdapter[ChargeAdded | ChargeRefused] = TypeAdapter(ChargeAdded | ChargeRefused)


async def add_charge(
    session: AsyncSession,
    account_id: UUID,
    *,
    description: dict[str, str],
    amount: Money,
    tax_included: bool,
    supplied_on: date,
    authority: Authority,
    key: str,
    today: date,
    now: datetime,
) -> ChargeAdded | ChargeRefused:
    """Puts a one-off on the account's next invoice, once per key. `amount` is net, or with tax.

    NotFound without such an account.
    """

    async def work() -> ChargeAdded | ChargeRefused:
        account = await lock_account(session, account_id)
        if account is None:
            raise NotFound("account", account_id)
        if refused := _refusal(description, amount, account.currency):
            return refused
        if supplied_on > today:
            return ChargeRefused("in_future")
        if supplied_on < account.opened_on:
            return ChargeRefused("before_account")
        priced = _priced(amount, supplied_on, tax_included=tax_included)
        if isinstance(priced, ChargeAdded):
            await _keep(session, account_id, priced, description, authority, now)
        return priced

    request = {
        "do": "add_charge",
        "account": account_id,
        "description": description,
        "minor": amount.minor,
        "currency": amount.currency,
        "tax_included": tax_included,
        "supplied_on": supplied_on,
    }
    return await once(session, key, request, _ANSWER, work)


def _refusal(description: dict[str, str], amount: Money, currency: str) -> ChargeRefused | None:
    if amount.currency != currency:
        return ChargeRefused("other_currency")
    if amount.minor <= 0:
        return ChargeRefused("not_positive")
    if not all(description.get(language, "").strip() for language in ("ro", "en")):
        return ChargeRefused("no_words")
    return None


def _priced(amount: Money, day: date, *, tax_included: bool) -> ChargeAdded | ChargeRefused:
    try:
        rate = standard_rate(day)
    except CannotBill as error:
        return ChargeRefused(error.reason)
    net = net_of_gross(amount, rate) if tax_included else amount
    tax = net.share(rate)
    if tax_included and net + tax != amount:
        return ChargeRefused("gross_not_possible", nearest=net + tax)
    return ChargeAdded(uuid4(), net, tax, net + tax, rate, day)


async def _keep(
    session: AsyncSession,
    account_id: UUID,
    priced: ChargeAdded,
    description: dict[str, str],
    authority: Authority,
    now: datetime,
) -> None:
    charge = Charge(
        id=priced.charge_id,
        account_id=account_id,
        kind="one_off",
        description=description,
        net_minor=priced.net.minor,
        currency=priced.net.currency,
        supplied_on=priced.supplied_on,
    )
    await repository.add(session, charge)
    await audit.record(
        session,
        actor=authority.name,
        action="charge.added",
        subject=f"account:{account_id}",
        details={"charge": str(priced.charge_id), "net_minor": priced.net.minor},
        now=now,
    )
