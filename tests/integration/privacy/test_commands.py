"""An operator answers a customer who asks what is kept of them, and one who wants it gone."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from limpede import database
from limpede.demo import found_now
from limpede.postgres import EmbeddedPostgres
from limpede.settings import Settings
from tests import command_line
from tests.command_line import Command, Said


@dataclass
class Running:
    privacy: Command
    url: str

    def one(self, query: str) -> str:
        with psycopg.connect(self.url) as connection:
            [value] = connection.execute(query.encode()).fetchone() or [None]
        return str(value)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo company's database, and the command line beside it."""
    var = tmp_path_factory.mktemp("var")
    server = EmbeddedPostgres(var / "postgres", durable=False)
    url = server.start()
    try:
        database.migrate(url)
        found_now(Settings(var=var), url)
        yield Running(partial(command_line.limpede, var, "privacy"), url)
    finally:
        server.destroy()


def refused(done: Said, *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in " ".join(done.stderr.split())


def test_a_customer_is_handed_out_to_a_file_that_only_its_owner_reads(
    running: Running, tmp_path: Path
) -> None:
    number = running.one("SELECT number FROM customer ORDER BY number LIMIT 1")
    file = tmp_path / "customer.json"
    done = running.privacy("export", number, "--out", str(file))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [customer] = json.loads(file.read_text(encoding="utf-8"))["billing"]["customer"]
    assert customer["number"] == number
    refused(running.privacy("export", number, "--out", str(file)), "is there already")


def test_a_customer_is_erased_and_told_what_stays(running: Running) -> None:
    number = running.one("SELECT number FROM customer ORDER BY number DESC LIMIT 1")
    contacts = (
        "SELECT count(*) FROM contact JOIN customer ON customer.id = contact.customer_id"
        f" WHERE customer.number = '{number}'"
    )
    assert running.one(contacts) != "0"
    done = running.privacy("erase", number)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stderr.split())
    assert "Erased: contact" in said
    assert "Kept by law: account 1" in said
    assert running.one(contacts) == "0"
    again = running.privacy("erase", number)
    assert "Erased: nothing." in again.stderr


@pytest.mark.parametrize("command", ["export", "erase"])
def test_a_number_that_nobody_has_is_one_line(running: Running, command: str) -> None:
    refused(running.privacy(command, "00000000"), "no customer 00000000")
    theirs = running.privacy(command, "00000000", LIMPEDE_BILLING="their.billing:make")
    refused(theirs, "LIMPEDE_BILLING is set")
