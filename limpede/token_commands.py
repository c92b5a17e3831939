"""Which programs may use the billing API? The commands of `limpede token`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import tokens
from billing_backend.clock import SystemClock
from billing_backend.contract import Tier
from billing_backend.db import Sessions, transaction
from limpede import database, settings

app = typer.Typer(help="Tokens of programs that use the billing API.", no_args_is_help=True)
console = Console(stderr=True)
T = TypeVar("T")


@app.command()
def issue(
    name: Annotated[str, typer.Argument(help="Of the program; it stands in the audit log.")],
    scope: Annotated[list[tokens.Scope], typer.Option(help="What it may do; repeat for more.")],
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so long.")] = None,
    tier: Annotated[Tier, typer.Option(help="How much it may give.")] = Tier.ASSISTANT,
) -> None:
    """Make a token and print it on stdout; it cannot be read again."""
    now = SystemClock().now()
    expires_at = None if days is None else now + timedelta(days=days)
    typer.echo(
        _do(
            lambda session: tokens.issue(
                session, name, set(scope), tier=tier, expires_at=expires_at, now=now
            )
        )
    )


@app.command("list")
def list_() -> None:
    """List the tokens with what they may do, and until when."""
    found: Sequence[tokens.ApiToken] = _do(tokens.listed)
    for each in found:
        until = each.expires_at.date().isoformat() if each.expires_at else "no end"
        state = f"revoked {each.revoked_at.date()}" if each.revoked_at else until
        typer.echo(f"{each.name}\t{each.tier}\t{' '.join(each.scopes)}\t{state}")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> None:
    """Take a token back: from now on it opens nothing."""
    _do(lambda session: tokens.revoke(session, name, now=SystemClock().now()))
    console.print(f"{name} is revoked.", highlight=False)


def _do(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    async def run(sessions: Sessions) -> T:
        async with transaction(sessions) as session:
            return await work(session)

    with database.database(settings.load()) as url:
        database.migrate(url)
        try:
            return database.with_sessions(url, run)
        except tokens.WrongToken as error:
            raise settings.SettingsWrong(str(error)) from error
