"""How does an operator give money back, and tell that a transfer was made?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from rich.console import Console

from billing_backend.clock import SystemClock, business_date
from billing_backend.contract import Authority, RefundRefused, RefundsRequested, Tier
from billing_backend.db import Sessions, transaction
from billing_backend.errors import BillingError, NotFound
from billing_backend.money import Money, from_decimal
from billing_backend.payments import refund_repository, refunds, repository
from billing_backend.payments.refund_sending import send_due
from billing_backend.policy import Policy
from limpede import database, settings
from limpede.settings import Settings, SettingsWrong

# Whoever may run commands on the server may give back any amount.
OPERATOR = Authority(Tier.SUPERVISOR, "operator")
app = typer.Typer()
console = Console(stderr=True)


@app.command()
def refund(
    payment: Annotated[str, typer.Argument(help="Its reference.")],
    reason: Annotated[str, typer.Option(help=", ".join(refunds.REASONS))],
    amount: Annotated[
        str | None, typer.Option(help="As 45.50; all that is left of it if not given.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Another one refunds the same again on the same day.")
    ] = None,
) -> None:
    """Send back a payment or a part of it: by Stripe if it came so, else by a bank transfer that
    a person makes. The same command on the same day is done once."""
    chosen = settings.load()
    figure = None if amount is None else _figure(amount)

    async def request(sessions: Sessions) -> refunds.Outcome:
        done = await _request(sessions, payment, figure, reason, key, chosen)
        if chosen.stripe_api_key is not None:
            await _send(sessions, chosen, chosen.stripe_api_key.get_secret_value())
        return done

    with database.database(chosen) as url:
        database.migrate(url)
        try:
            done = database.with_sessions(url, request)
        except BillingError as error:
            raise SettingsWrong(str(error)) from error
    match done:
        case RefundsRequested():
            for each in done.refunds:
                typer.echo(f"{each.reference}\t{each.amount}\t{each.method}")
            console.print(f"The account owes {done.balance_due}.", highlight=False)
        case RefundRefused(reason="reversed"):
            raise SettingsWrong(f"payment {payment} was reversed: it did not come")
        case RefundRefused():
            raise SettingsWrong(f"of payment {payment} {done.left} can be refunded")


@app.command("refunds")
def list_refunds() -> None:
    """List refunds that are not sent: transfers to be made, on their way to Stripe, failed."""

    async def read(sessions: Sessions) -> list[refund_repository.Listed]:
        async with transaction(sessions) as session:
            return await refund_repository.to_make(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        for each in database.with_sessions(url, read):
            typer.echo(_line(each))


@app.command("refund-made")
def refund_made(
    reference: Annotated[str, typer.Argument(help="Of the refund, as `refunds` lists it.")],
    failed: Annotated[
        str | None, typer.Option(help="Why it failed: then it is the customer's credit again.")
    ] = None,
) -> None:
    """Tell that the bank transfer of a refund was made, or that a refund failed."""

    async def end(sessions: Sessions) -> bool:
        async with transaction(sessions) as session:
            found = await refund_repository.by_reference(session, reference)
            if found is None:
                raise NotFound("refund", reference)
            if found.method == "provider" and failed is None:
                raise SettingsWrong(
                    f"refund {reference} goes by Stripe, which tells when it is sent"
                )
            return await refunds.settle(
                session,
                found,
                "sent" if failed is None else "failed",
                actor=OPERATOR.name,
                now=SystemClock().now(),
                failure=failed or "",
            )

    with database.database(settings.load()) as url:
        database.migrate(url)
        try:
            changed = database.with_sessions(url, end)
        except BillingError as error:
            raise SettingsWrong(str(error)) from error
    if not changed:
        raise SettingsWrong(f"refund {reference} was settled before")
    state = "sent" if failed is None else "failed, and credit again"
    console.print(f"{reference} is {state}.", highlight=False)


async def _request(
    sessions: Sessions,
    reference: str,
    figure: Decimal | None,
    reason: str,
    key: str | None,
    chosen: Settings,
) -> refunds.Outcome:
    now = SystemClock().now()
    async with transaction(sessions) as session:
        payment = await repository.by_reference(session, reference)
        if payment is None:
            raise NotFound("payment", reference)
        amount = None if figure is None else from_decimal(figure, payment.currency)
        today = business_date(now, chosen.zone)
        return await refunds.refund_payment(
            session,
            reference,
            amount,
            reason=reason,
            authority=OPERATOR,
            key=f"operator:refund:{reference}:{amount}:{reason}:{key or today}",
            now=now,
            policy=Policy(zone=chosen.zone),
        )


async def _send(sessions: Sessions, chosen: Settings, api_key: str) -> None:
    """At once; what does not get through now is sent by the app."""
    # Heavy: who is refused does without.
    from billing_backend.payments.stripe_gateway import STRIPE, StripeGateway

    gateway = StripeGateway(api_key, chosen.stripe_api_base or STRIPE)
    try:
        await send_due(sessions, gateway, SystemClock())
    finally:
        await gateway.close()


def _figure(written: str) -> Decimal:
    try:
        figure = Decimal(written.replace(",", "."))
    except InvalidOperation:
        figure = Decimal("NaN")
    if not figure.is_finite() or figure != round(figure, 2):
        raise SettingsWrong(f"--amount: {written} is no amount; write it as 45.50")
    return figure


def _line(listed: refund_repository.Listed) -> str:
    each = listed.refund
    columns = (
        each.reference,
        each.requested_at.date(),
        Money(each.amount_minor, each.currency),
        each.method,
        each.state,
        listed.customer_number or "",
        listed.payment_reference or "",
        each.failure or each.reason,
    )
    return "\t".join(str(column) for column in columns)
