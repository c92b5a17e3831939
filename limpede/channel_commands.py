"""Does the outside world know our channels as they are set? Commands under `limpede channels`."""

from __future__ import annotations

import asyncio

import typer

from limpede import settings, sms_check

app = typer.Typer(help="Whether the channels are set up right.", no_args_is_help=True)
telegram_app = typer.Typer(help="The Telegram bot.", no_args_is_help=True)
app.add_typer(telegram_app, name="telegram")
app.add_typer(sms_check.app, name="sms")


@telegram_app.callback()
def telegram() -> None:
    """The Telegram bot."""


@telegram_app.command("check")
def check() -> None:
    """Ask Telegram how it knows the bot: a line for each thing that is right; the first that is
    wrong ends it with exit code 2."""
    from limpede import telegram_check  # Telegram's client is heavy; other commands do without

    asyncio.run(telegram_check.check(settings.load(), typer.echo))
