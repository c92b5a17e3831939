"""How does somebody become an agent of the desk? The command `limpede agent`."""

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
from limpede import database, settings

console = Console(stderr=True)


class Language(StrEnum):
    EN = "en"
    RO = "ro"


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


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    told: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return told
