"""How is the product started and made ready by command?

Each command imports what it runs when the settings are known to be right: all of it is heavy.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from limpede import keys, logs, settings

console = Console(stderr=True)


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
    from limpede import supervisor

    supervisor.up(chosen, console)


def serve() -> None:
    """Run the app alone, against DATABASE_URL and RASA_URL."""
    chosen = settings.load()
    logs.configure(chosen.log_format)
    chosen.require_database()
    from limpede import server

    server.serve(chosen)


def migrate() -> None:
    """Bring the tables of the database up to this version."""
    chosen = settings.load()
    from limpede import database

    with database.database(chosen) as url:
        database.migrate(url)
    console.print("The tables are up to date.")


def train() -> None:
    """Train the assistant, if its training data changed."""
    chosen = settings.load()
    from limpede import rasa

    engine = rasa.engine(chosen)
    if rasa.trained(engine):
        console.print("The model is up to date.")
        return
    rasa.train(engine)
    console.print("The assistant is trained.")


def rasa_config() -> None:
    """Write var/endpoints.yml and var/credentials.yml, for a Rasa that is run elsewhere."""
    chosen = settings.load()
    if chosen.database_url is None:
        raise settings.SettingsWrong("DATABASE_URL must name the database that Rasa shares")
    from limpede import rasa

    engine = rasa.engine(chosen)
    rasa.configure(engine, chosen, keys.load(chosen), chosen.database_url.get_secret_value())
    console.print(f"Written: {engine.endpoints} and {engine.credentials}")
