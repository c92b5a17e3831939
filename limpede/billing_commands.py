"""What can an operator tell billing to do? The commands of `limpede billing`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from billing_backend import documents, statements
from billing_backend.clock import SystemClock, business_date
from billing_backend.contract import DocumentFile, DocumentRefused
from billing_backend.db import Sessions, transaction
from billing_backend.disputes.service import Due, due_for_answer
from billing_backend.errors import BillingError, NoDocument
from billing_backend.invoices import run_repository
from billing_backend.invoices.models import ParkedAccount
from billing_backend.money import Money
from billing_backend.payments.models import Payment
from billing_backend.payments.reversing import Reversed
from billing_backend.payments.reversing import reverse as reverse_payment
from billing_backend.policy import Policy
from limpede import (
    billing_run,
    company,
    credit_commands,
    database,
    refund_commands,
    settings,
)
from limpede.progress import bar

app = typer.Typer(help="Invoices and payments by command.", no_args_is_help=True)
app.command()(credit_commands.credit)
app.command()(credit_commands.corrections)
app.add_typer(refund_commands.app)
console = Console(stderr=True)


@app.command()
def run(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="All that is due by then.")],
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what would be issued; issue nothing.")
    ] = False,
    page: Annotated[
        int, typer.Option(min=1, help="Accounts of one transaction.")
    ] = billing_run.PAGE,
) -> None:
    """Issue all invoices that are due until a day. Stopped or killed, run it again."""
    chosen = settings.load()
    policy = Policy(zone=chosen.zone)
    work = billing_run.preview if preview else billing_run.run
    name = "Preview" if preview else "Billing run"

    with database.database(chosen) as url, bar(console, name) as tell:
        database.migrate(url)

        async def issue(sessions: Sessions) -> billing_run.Summary:
            return await work(
                sessions,
                until=until.date(),
                clock=SystemClock(),
                policy=policy,
                tell=tell,
                page=page,
            )

        try:
            summary = database.with_sessions(url, issue)
        except billing_run.InTheFuture as error:
            raise settings.SettingsWrong(f"--until: {error}") from error
    totals = ", ".join(str(Money(*each[::-1])) for each in sorted(summary.total_minor.items()))
    verb = "would be issued" if preview else "issued"
    console.print(f"{summary.issued} invoices {verb}: {totals or 'nothing was due'}")
    if summary.parked:
        console.print(f"{len(summary.parked)} accounts cannot be billed: `limpede billing parked`")


@app.command()
def parked() -> None:
    """List the accounts that cannot be billed, with the reason."""

    async def read(sessions: Sessions) -> Sequence[tuple[str, ParkedAccount]]:
        async with transaction(sessions) as session:
            return await run_repository.parked(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        for number, account in database.with_sessions(url, read):
            typer.echo(f"{number}\t{account.period_start}\t{account.reason}\t{account.detail}")


@app.command("import-statement")
def import_statement(
    file: Annotated[Path, typer.Argument(help="CSV, or ISO 20022 camt.053.")],
) -> None:
    """Book a bank statement's payments, all or none; importing it again changes nothing."""
    chosen = settings.load()
    try:
        statement = statements.read(file.read_bytes())
    except OSError as error:
        raise settings.SettingsWrong(f"{file}: {error.strerror}") from error
    except statements.StatementUnreadable as error:
        for problem in error.problems:
            console.print(f"{file}: {problem}", style="red", highlight=False, markup=False)
        count = len(error.problems)
        raise settings.SettingsWrong(f"nothing was imported: {count} problems") from error

    async def book(sessions: Sessions) -> statements.Imported:
        async with transaction(sessions) as session:
            return await statements.book(
                session, statement, now=SystemClock().now(), policy=Policy(zone=chosen.zone)
            )

    with database.database(chosen) as url:
        database.migrate(url)
        done = database.with_sessions(url, book)
    console.print(
        f"{done.matched} payments booked, {len(done.unmatched)} for a person to assign,"
        f" {done.known} known before, {done.left_out} lines were not money that came in",
        highlight=False,
    )
    for line, reason in done.unmatched:
        typer.echo(f"{line.reference}\t{line.booked_on}\t{line.amount}\t{reason}\t{line.note}")


@app.command()
def unmatched() -> None:
    """List money that came in and nobody knows whose it is."""

    async def read(sessions: Sessions) -> Sequence[Payment]:
        async with transaction(sessions) as session:
            return await statements.unmatched(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        for each in database.with_sessions(url, read):
            amount = Money(each.amount_minor, each.currency)
            typer.echo(f"{each.reference}\t{each.received_on}\t{amount}\t{each.payer_note}")


@app.command()
def assign(
    reference: Annotated[str, typer.Argument(help="Of the payment, as `unmatched` lists it.")],
    customer: Annotated[str, typer.Argument(help="The customer number, 8 digits.")],
) -> None:
    """Put unmatched money on a customer's account, where it pays what is open."""

    async def put(sessions: Sessions) -> bool:
        async with transaction(sessions) as session:
            now = SystemClock().now()
            return await statements.assign(session, reference, customer, actor="operator", now=now)

    with database.database(settings.load()) as url:
        database.migrate(url)
        try:
            done = database.with_sessions(url, put)
        except BillingError as error:
            raise settings.SettingsWrong(str(error)) from error
    if not done:
        raise settings.SettingsWrong(
            f"payment {reference} is on an account already, or was reversed"
        )
    console.print(f"{reference} is on the account of {customer}.", highlight=False)


@app.command()
def reverse(
    reference: Annotated[str, typer.Argument(help="Of the payment.")],
    reason: Annotated[str, typer.Option(help="For the audit log: bounced, recalled ...")],
) -> None:
    """Undo a payment that did not come: what it paid is owed again."""
    chosen = settings.load()

    async def undo(sessions: Sessions) -> Reversed | None:
        async with transaction(sessions) as session:
            now = SystemClock().now()
            today = business_date(now, chosen.zone)
            return await reverse_payment(
                session, reference, reason=reason, actor="operator", on=today, now=now
            )

    with database.database(chosen) as url:
        database.migrate(url)
        try:
            done = database.with_sessions(url, undo)
        except BillingError as error:
            raise settings.SettingsWrong(str(error)) from error
    if done is None:
        raise settings.SettingsWrong(f"payment {reference} was reversed before")
    console.print(f"{done.owed_again} are owed again, {done.credit_gone} of credit are gone.")


@app.command()
def document(
    number: Annotated[str, typer.Argument(help="Of an invoice or a credit note.")],
    pdf: Annotated[Path | None, typer.Option(help="Where to write it for people.")] = None,
    xml: Annotated[Path | None, typer.Option(help="Where to write it as an e-invoice.")] = None,
) -> None:
    """Write an invoice or a credit note as a PDF, as an e-invoice (CIUS-RO), or both."""
    if pdf is None and xml is None:
        raise settings.SettingsWrong("say where to write it: --pdf FILE, --xml FILE, or both")
    chosen = settings.load()
    sellers = company.sellers(chosen)
    wanted = ((pdf, documents.pdf_by_number), (xml, documents.einvoice_by_number))

    async def make(sessions: Sessions) -> list[tuple[Path, bytes]]:
        async with transaction(sessions) as session:
            return [
                (file, _content(await write(session, number, sellers=sellers), number))
                for file, write in wanted
                if file is not None
            ]

    with database.database(chosen) as url:
        database.migrate(url)
        try:
            made = database.with_sessions(url, make)
        except BillingError as error:
            raise settings.SettingsWrong(str(error)) from error
    for file, content in made:
        _write(file, content)
        console.print(f"Written: {file}", highlight=False, soft_wrap=True)


def _content(file: DocumentFile | DocumentRefused, number: str) -> bytes:
    if isinstance(file, DocumentRefused):
        raise NoDocument(number, file.reason)
    return file.content


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise settings.SettingsWrong(f"{file}: {error.strerror}") from error


@app.command()
def disputes() -> None:
    """List the open disputes, the one to be answered first in front."""

    async def read(sessions: Sessions) -> Sequence[Due]:
        async with transaction(sessions) as session:
            return await due_for_answer(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        for each in database.with_sessions(url, read):
            typer.echo(
                f"{each.answer_by}\t{each.number}\t{each.customer_number}\t"
                f"{each.invoice_number}\t{each.amount}\t{each.state}\t{each.reason}"
            )
