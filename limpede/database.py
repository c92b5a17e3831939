"""Which database is used, is it there, and has it the tables of this version?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg

from billing_backend.db import Sessions, make_engine, make_sessions
from limpede.postgres import EmbeddedPostgres, PostgresFailed
from limpede.settings import ROOT, Settings, SettingsWrong

# A migration that cannot get its locks gives up rather than stopping every customer.
LOCK_TIMEOUT = "10s"
T = TypeVar("T")


@contextmanager
def database(settings: Settings, *, alone: bool = False) -> Iterator[str]:
    """The database's URL for as long as the block lasts; ours is started and stopped with it.

    A server of ours that runs already is used and left running: it is that of a running product.
    `alone`: there is no other, so what runs was left behind and is stopped at the end too.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        require_answer(url)
        yield url
        return
    server = EmbeddedPostgres(settings.var / "postgres")
    try:
        url = server.start()
    except PostgresFailed as error:
        raise SettingsWrong(f"DATABASE_URL is not set and {error}") from error
    try:
        yield url
    finally:
        if alone or not server.adopted:
            server.stop()


def require_answer(url: str) -> None:
    """Raises SettingsWrong when nobody answers at DATABASE_URL."""
    try:
        with psycopg.connect(plain(url), connect_timeout=5):
            return
    except (psycopg.Error, ValueError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "no answer"
        raise SettingsWrong(f"DATABASE_URL cannot be reached: {reason}") from error


def with_sessions(url: str, work: Callable[[Sessions], Awaitable[T]]) -> T:
    """Do some database work from a program that is not asynchronous."""

    async def run() -> T:
        engine = make_engine(url)
        try:
            return await work(make_sessions(engine))
        finally:
            await engine.dispose()

    return asyncio.run(run())


def migrate(url: str) -> None:
    """Bring the tables to this version and make Rasa's schema.

    Raises SettingsWrong when the database is of a newer version than this code.
    """
    # Heavy: who is refused before anything is written does without.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    config.attributes["lock_timeout"] = LOCK_TIMEOUT
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SettingsWrong(
            f"DATABASE_URL points to a database that this version cannot migrate: {error}"
        ) from error
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS rasa")


def plain(url: str) -> str:
    """The URL without a driver's name, as psycopg and libpq read it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"
