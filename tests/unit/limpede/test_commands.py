"""Is a command known by name, and brought in only when it is called?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from billing_backend.importing import KINDS
from limpede.cli import COMMANDS
from limpede.import_command import What
from limpede.later import Later
from limpede.settings import ROOT

HEAVY = {"alembic", "fastapi", "httpx", "psycopg", "sqlalchemy", "stripe", "telegram", "twilio"}


def test_the_list_of_commands_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, limpede.cli; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: str(each.name))
def test_what_the_list_says_of_a_command_is_what_it_says_itself(command: Later) -> None:
    assert command.short_help is not None
    told = " ".join((command.load().help or "").split())
    assert told.startswith(command.short_help)


def test_every_kind_of_file_can_be_imported_by_command() -> None:
    assert [each.value for each in What] == list(KINDS)
