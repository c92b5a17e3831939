"""How does a company bring its own data? The command `limpede import`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from billing_backend import importing
from billing_backend.clock import SystemClock
from billing_backend.db import Sessions, transaction
from billing_backend.policy import Policy
from limpede import database, settings
from limpede.progress import bar

console = Console(stderr=True)


class What(StrEnum):
    """The keys of importing.KINDS, in the same order."""

    PRODUCTS = "products"
    CUSTOMERS = "customers"
    AGREEMENTS = "agreements"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    USAGE = "usage"


def import_(
    what: Annotated[What, typer.Argument(help="In this order: each names what came before.")],
    file: Annotated[Path, typer.Argument(help="CSV or JSON lines, see docs/import.md.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out and import the others.")
    ] = False,
) -> None:
    """Import a company's own data: the whole file, or nothing; twice changes nothing."""
    chosen = settings.load()
    kind = importing.KINDS[what]
    with database.database(chosen) as url, bar(console, f"Import {what}") as tell:
        database.migrate(url)

        async def work(sessions: Sessions) -> importing.Report:
            with file.open("rb") as content:
                async with transaction(sessions) as session:
                    return await importing.import_file(
                        session,
                        kind,
                        content,
                        skip_bad=skip_bad,
                        now=SystemClock().now(),
                        policy=Policy(zone=chosen.zone),
                        tell=tell,
                    )

        try:
            report = database.with_sessions(url, work)
        except OSError as error:
            raise settings.SettingsWrong(f"{file}: {error.strerror}") from error
        except importing.FileUnreadable as error:
            raise settings.SettingsWrong(f"{file}: {error}") from error
    _tell(file, report)


def _tell(file: Path, report: importing.Report) -> None:
    for problem in report.problems:
        where = (
            f"line {problem.line}, {problem.column}" if problem.column else f"line {problem.line}"
        )
        typer.echo(f"{file}: {where}: {problem.reason}", err=True)
    if report.refused:
        raise settings.SettingsWrong(f"nothing was imported: {report.bad} bad rows")
    console.print(
        f"{report.imported} rows imported, {report.known} known before, {report.bad} bad rows"
        " left out",
        highlight=False,
    )
