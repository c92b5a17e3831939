"""How does an operator hand out or erase what is kept of a customer? `limpede privacy`."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import SystemClock
from billing_backend.db import Sessions, transaction
from billing_backend.errors import NotFound
from handoff.privacy import BeingAnswered
from limpede import database, privacy, settings
from limpede.settings import SettingsWrong

app = typer.Typer(help="What is kept of a customer as a person.", no_args_is_help=True)
console = Console(stderr=True)
Number = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer number, 8 digits.")]
T = TypeVar("T")


@app.command()
def export(
    number: Number,
    out: Annotated[
        Path | None, typer.Option(help="A new file to write to, instead of stdout.")
    ] = None,
) -> None:
    """Write all that is kept of a customer as JSON: for a request under article 15 of the GDPR."""
    if out is not None and out.exists():
        raise SettingsWrong(f"--out: {out} is there already; name a new file")
    found = _do(lambda session: privacy.export(session, number, now=SystemClock().now()))
    _write(json.dumps(found, default=str, ensure_ascii=False, indent=2) + "\n", out)
    rows = sum(
        len(table) for part in ("billing", "conversations") for table in found[part].values()
    )
    events = len(found["dialogue_engine"])
    console.print(f"{rows} rows and {events} events of the dialogue engine.", highlight=False)


@app.command()
def erase(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase a customer's conversations, contacts, PIN and codes, for good: for a request under
    article 17 of the GDPR. Invoices, payments and the books are kept, as the law asks."""
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Erase customer {number} for good?", abort=True)
    erased = _do(lambda session: privacy.erase(session, number, now=SystemClock().now()))
    for title, counts in (("Erased", erased.gone), ("Kept by law", erased.kept)):
        told = ", ".join(f"{table} {count}" for table, count in sorted(counts.items()))
        console.print(f"{title}: {told or 'nothing'}.", highlight=False, soft_wrap=True)


def _do(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def run(sessions: Sessions) -> T:
        async with transaction(sessions) as session:
            return await work(session)

    chosen = settings.load()
    if chosen.billing is not None:
        raise SettingsWrong(
            "LIMPEDE_BILLING is set: who your customers are is known to your own billing system"
        )
    with database.database(chosen) as url:
        database.migrate(url)
        try:
            return database.with_sessions(url, run)
        except (NotFound, BeingAnswered) as error:
            raise SettingsWrong(str(error) or str(BeingAnswered.__doc__)) from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        # Nobody else on the machine may read it.
        out.touch(mode=0o600, exist_ok=False)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsWrong(f"--out: {out} cannot be written: {error.strerror}") from error
