"""What can an operator tell the product to do?

Wrong settings and wrong input end in one line on stderr and exit code 2.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from billing_backend.clock import SystemClock
from billing_backend.customers.rules import e164
from billing_backend.db import Sessions, transaction
from handoff.desk import Role, WrongAgent, keep_agent
from limpede import (
    billing_commands,
    channel_commands,
    database,
    import_command,
    keys,
    logs,
    nlu_commands,
    privacy_commands,
    rasa,
    settings,
    supervisor,
    token_commands,
)

app = typer.Typer(
    help="Limpede, a billing-support assistant.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(billing_commands.app, name="billing")
app.add_typer(channel_commands.app, name="channels")
app.add_typer(token_commands.app, name="token")
app.add_typer(privacy_commands.app, name="privacy")
app.add_typer(nlu_commands.app, name="nlu")
app.command("import")(import_command.import_)
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
    role: Annotated[Role | None, typer.Option(help="A supervisor may grant more.")] = None,
    language: Annotated[Language | None, typer.Option(help="What the desk speaks.")] = None,
    phone: Annotated[str | None, typer.Option(help="Where callers are put through to.")] = None,
) -> None:
    """Add an agent to the desk, or give one a new password, asked for or read from stdin.

    Of an agent who is there already, what is not given stays as it is.
    """
    chosen = settings.load()
    number = None if phone is None else e164(phone)
    if phone is not None and number is None:
        raise settings.SettingsWrong("the phone number is not one: write it as +40721234567")
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
                phone=number,
                clock=SystemClock(),
            )

    try:
        with database.database(chosen) as url:
            database.migrate(url)
            database.with_sessions(url, keep)
    except WrongAgent as error:
        raise settings.SettingsWrong(str(error)) from error
    console.print(f"{name} can sign in at {chosen.base_url}/desk.", highlight=False)


@app.command("rasa-config")
def rasa_config() -> None:
    """Write var/endpoints.yml and var/credentials.yml, for a Rasa that is run elsewhere."""
    chosen = settings.load()
    if chosen.database_url is None:
        raise settings.SettingsWrong("DATABASE_URL must name the database that Rasa shares")
    engine = rasa.engine(chosen)
    rasa.configure(engine, chosen, keys.load(chosen), chosen.database_url.get_secret_value())
    console.print(f"Written: {engine.endpoints} and {engine.credentials}")


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
