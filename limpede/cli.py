"""What can an operator tell the product to do?

Wrong settings and wrong input end in one line on stderr and exit code 2.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from billing_backend.clock import SystemClock
from billing_backend.db import Sessions, transaction
from billing_backend.invoices import run_repository
from billing_backend.invoices.models import ParkedAccount
from billing_backend.money import Money
from billing_backend.policy import Policy
from handoff.desk import Role, WrongAgent, keep_agent
from limpede import database, keys, logs, rasa, settings, supervisor
from limpede.billing_run import PAGE, InTheFuture, Summary
from limpede.billing_run import preview as run_preview
from limpede.billing_run import run as run_invoices

app = typer.Typer(
    help="Limpede, a billing-support assistant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
billing = typer.Typer(help="Invoices by command.", no_args_is_help=True)
app.add_typer(billing, name="billing")
console = Console(stderr=True)


class Language(StrEnum):
    EN = "en"
    RO = "ro"


@app.command()
def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Demo company and customer simulator.")
    ] = False,
) -> None:
    """Start the database, the assistant and the app; stop them all on Ctrl-C."""
    chosen = settings.load()
    logs.configure(chosen.log_format)
    if demo:
        chosen = chosen.with_demo()
    supervisor.up(chosen, console)


@app.command()
def serve() -> None:
    """Run the app alone, against DATABASE_URL and RASA_URL."""
    from limpede import server  # the web stack is heavy; other commands start without it

    chosen = settings.load()
    logs.configure(chosen.log_format)
    server.serve(chosen)


@app.command()
def migrate() -> None:
    """Bring the tables of the database up to this version."""
    chosen = settings.load()
    with database.database(chosen) as url:
        database.migrate(url)
    console.print("The tables are up to date.")


@app.command()
def train() -> None:
    """Train the assistant, if its training data changed."""
    engine = rasa.engine(settings.load())
    if rasa.trained(engine):
        console.print("The model is up to date.")
        return
    rasa.train(engine)
    console.print("The assistant is trained.")


@app.command()
def agent(
    email: Annotated[str, typer.Argument(help="Signs in with it.")],
    name: Annotated[str, typer.Option(help="Customers are told the first name.")],
    role: Annotated[Role, typer.Option(help="A supervisor may grant more.")] = Role.AGENT,
    language: Annotated[Language, typer.Option(help="What the desk speaks.")] = Language.RO,
    phone: Annotated[str | None, typer.Option(help="Where callers are put through to.")] = None,
) -> None:
    """Add an agent to the desk, or give one a new password, asked for or read from stdin."""
    chosen = settings.load()
    password = _password()

    async def keep(sessions: Sessions) -> None:
        async with transaction(sessions) as session:
            await keep_agent(
                session,
                email=email,
                name=name,
                password=password,
                role=role,
                language=language,
                phone=phone,
                clock=SystemClock(),
            )

    try:
        with database.database(chosen) as url:
            database.migrate(url)
            database.with_sessions(url, keep)
    except WrongAgent as error:
        raise settings.SettingsWrong(str(error)) from error
    console.print(f"{name} can sign in at {chosen.base_url}/desk.", highlight=False)


@billing.command("run")
def billing_run(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="All that is due by then.")],
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what would be issued; issue nothing.")
    ] = False,
    page: Annotated[int, typer.Option(min=1, help="Accounts of one transaction.")] = PAGE,
) -> None:
    """Issue all invoices that are due until a day. Stopped or killed, run it again."""
    chosen = settings.load()
    policy = Policy(zone=chosen.zone)
    work = run_preview if preview else run_invoices

    with database.database(chosen) as url, _bar("Preview" if preview else "Billing run") as tell:
        database.migrate(url)

        async def issue(sessions: Sessions) -> Summary:
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
        except InTheFuture as error:
            raise settings.SettingsWrong(f"--until: {error}") from error
    totals = ", ".join(str(Money(*each[::-1])) for each in sorted(summary.total_minor.items()))
    verb = "would be issued" if preview else "issued"
    console.print(f"{summary.issued} invoices {verb}: {totals or 'nothing was due'}")
    if summary.parked:
        console.print(f"{len(summary.parked)} accounts cannot be billed: `limpede billing parked`")


@billing.command("parked")
def billing_parked() -> None:
    """List the accounts that cannot be billed, with the reason."""

    async def read(sessions: Sessions) -> Sequence[tuple[str, ParkedAccount]]:
        async with transaction(sessions) as session:
            return await run_repository.parked(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        for number, account in database.with_sessions(url, read):
            typer.echo(f"{number}\t{account.period_start}\t{account.reason}\t{account.detail}")


@app.command("rasa-config")
def rasa_config() -> None:
    """Write var/endpoints.yml and var/credentials.yml, for a Rasa that is run elsewhere."""
    chosen = settings.load()
    if chosen.database_url is None:
        raise settings.SettingsWrong("DATABASE_URL must name the database that Rasa shares")
    engine = rasa.engine(chosen)
    rasa.configure(engine, chosen, keys.load(chosen), chosen.database_url.get_secret_value())
    console.print(f"Written: {engine.endpoints} and {engine.credentials}")


@contextlib.contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar where somebody looks; answers the function that moves it."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=max(done, of))


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    told: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return told


def main() -> None:
    """The entry point: one clear line instead of a traceback for what the operator can mend."""
    try:
        app()
    except settings.SettingsWrong as error:
        console.print(f"limpede: {error}", style="bold red", highlight=False)
        sys.exit(2)
