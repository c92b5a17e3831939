"""How does an operator give money back on an invoice, and see what was given back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import SystemClock
from billing_backend.contract import AboveLimit, Authority, Credited, CreditRefused, Tier
from billing_backend.corrections import crediting
from billing_backend.corrections.credit_repository import CreditedSum, credited_sums
from billing_backend.corrections.reasons import BY_HAND, kind_of
from billing_backend.corrections.refusals import why_not
from billing_backend.db import Sessions, transaction
from billing_backend.errors import BillingError, NotFound
from billing_backend.invoices import repository as invoices
from billing_backend.money import Money, from_decimal
from billing_backend.policy import Policy
from limpede import database, settings

console = Console(stderr=True)
# Who works at the command line answers for it: no limit but the business's own.
_OPERATOR = Authority(Tier.SUPERVISOR, "operator")
_DAY = ["%Y-%m-%d"]


def credit(
    invoice: Annotated[str, typer.Argument(help="The invoice's number.")],
    reason: Annotated[str, typer.Option(help=f"One of: {', '.join(BY_HAND)}.")],
    note: Annotated[str, typer.Option(help="Why, in a sentence; kept with the credit note.")],
    line: Annotated[
        int | None, typer.Option(min=1, help="Only this line of it; 1 is the first.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="So much, tax included; without it, all that is left.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The same key again credits nothing more.")
    ] = None,
) -> None:
    """Give back an invoice, a line of it, or a part, by a credit note."""
    chosen = settings.load()
    figure = None if amount is None else _figure(amount)

    async def give(sessions: Sessions) -> Credited | AboveLimit | CreditRefused:
        async with transaction(sessions) as session:
            return await crediting.credit(
                session,
                invoice,
                line=line,
                amount=None if figure is None else await _of_invoice(session, invoice, figure),
                reason=reason,
                note=note,
                authority=_OPERATOR,
                key=f"operator:credit:{key or uuid4()}",
                now=SystemClock().now(),
                policy=Policy(zone=chosen.zone),
            )

    with database.database(chosen) as url:
        database.migrate(url)
        try:
            done = database.with_sessions(url, give)
        except BillingError as error:
            raise settings.SettingsWrong(str(error)) from error
    if isinstance(done, Credited):
        console.print(
            f"{done.number}: {done.amount} of {invoice} given back; {done.new_total} of it are"
            f" left to pay, {done.balance_due} in all.",
            highlight=False,
        )
    else:
        raise settings.SettingsWrong(why_not(done))


def corrections(
    since: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day.")],
    until: Annotated[datetime, typer.Option(formats=_DAY, help="The last day.")],
) -> None:
    """What was given back, by month, kind and reason: notes, net, tax and total."""
    if since > until:
        raise settings.SettingsWrong("--from: must not be after --until")

    async def read(sessions: Sessions) -> Sequence[CreditedSum]:
        async with transaction(sessions) as session:
            return await credited_sums(session, since.date(), until.date())

    with database.database(settings.load()) as url:
        database.migrate(url)
        found = database.with_sessions(url, read)
    for each in sorted(found, key=lambda one: (one.month, kind_of(one.reason), one.reason)):
        amounts = [Money(minor, each.currency) for minor in (each.net, each.tax, each.total)]
        typer.echo(
            f"{each.month:%Y-%m}\t{kind_of(each.reason)}\t{each.reason}\t{each.notes}\t"
            + "\t".join(map(str, amounts))
        )


def _figure(written: str) -> Decimal:
    try:
        figure = Decimal(written.replace(",", "."))
    except InvalidOperation:
        figure = Decimal("NaN")
    if not figure.is_finite() or figure != round(figure, 2):
        raise settings.SettingsWrong("--amount: write it as 45.50")
    return figure


async def _of_invoice(session: AsyncSession, number: str, figure: Decimal) -> Money:
    invoice = await invoices.by_number(session, number)
    if invoice is None:
        raise NotFound("invoice", number)
    return from_decimal(figure, invoice.total.currency)
