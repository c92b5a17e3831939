"""What the operator is told when the product cannot start: one sentence, exit code 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from limpede.postgres import EmbeddedPostgres
from limpede.settings import ROOT


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def limpede(
    var: Path, *arguments: str, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "limpede", *arguments],
        cwd=ROOT,
        env={**os.environ, "LIMPEDE_VAR": str(var), **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complains(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    said = " ".join(done.stderr.split())
    for word in words:
        assert word in said, said


@pytest.mark.parametrize("setting", ["LIMPEDE_PORT", "RASA_PORT"])
def test_a_taken_port_is_named_with_its_setting(
    tmp_path: Path, taken_port: int, setting: str
) -> None:
    others = {name: str(free_port()) for name in ("LIMPEDE_PORT", "RASA_PORT")}
    done = limpede(tmp_path, "up", **{**others, setting: str(taken_port)})
    complains(done, f"port {taken_port} is taken", setting)


def test_a_database_that_does_not_answer_is_named(tmp_path: Path, taken_port: int) -> None:
    nobody = f"postgresql://limpede:secret@127.0.0.1:{free_port()}/limpede"
    done = limpede(
        tmp_path,
        "up",
        DATABASE_URL=nobody,
        LIMPEDE_PORT=str(free_port()),
        RASA_PORT=str(free_port()),
    )
    complains(done, "DATABASE_URL cannot be reached")
    assert "secret" not in done.stderr


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    done = limpede(tmp_path, "migrate", DATABASE_URL="mysql://root@127.0.0.1/x")
    complains(done, "DATABASE_URL")


def test_real_credentials_and_the_demo_do_not_mix(tmp_path: Path) -> None:
    done = limpede(tmp_path, "up", "--demo", TELEGRAM_BOT_TOKEN="1:x")
    complains(done, "TELEGRAM_BOT_TOKEN", "simulator")


@dataclass
class Running:
    """The database of a product that runs from this folder."""

    var: Path
    url: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    var = tmp_path_factory.mktemp("var")
    server = EmbeddedPostgres(var / "postgres", durable=False)
    yield Running(var, server.start())
    server.destroy()


def test_an_agent_is_added_while_the_product_runs_and_leaves_it_running(
    running: Running,
) -> None:
    ana = ("agent", "Ana@Example.com", "--name", "Ana Pop", "--phone", "0721 234 567")
    done = limpede(running.var, *ana, typed="a long password\n")
    assert done.returncode == 0, done.stderr
    promoted = limpede(running.var, *ana, "--role", "supervisor", typed="another password\n")
    assert promoted.returncode == 0, promoted.stderr
    # A new password changes nothing else.
    again = limpede(running.var, *ana[:4], typed="a third password\n")
    assert again.returncode == 0, again.stderr
    with psycopg.connect(running.url) as connection:
        kept = connection.execute("SELECT email, name, role, phone FROM desk_agent").fetchall()
    assert kept == [("ana@example.com", "Ana Pop", "supervisor", "+40721234567")]


@pytest.mark.parametrize(
    ("arguments", "typed", "complaint"),
    [
        (("ana", "--name", "Ana"), "a long password\n", "e-mail address"),
        (("ana@example.com", "--name", " "), "a long password\n", "name is empty"),
        (("ana@example.com", "--name", "Ana"), "short\n", "at least 10"),
        (("ana@example.com", "--name", "Ana", "--phone", "x"), "a long password\n", "phone"),
    ],
)
def test_an_agent_who_cannot_be_kept_is_told_why(
    running: Running, arguments: tuple[str, ...], typed: str, complaint: str
) -> None:
    done = limpede(running.var, "agent", *arguments, typed=typed)
    complains(done, complaint)


def test_the_list_of_disputes_is_empty_while_there_are_none(running: Running) -> None:
    done = limpede(running.var, "billing", "disputes")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_missing_python_3_10_is_named_with_its_setting(tmp_path: Path) -> None:
    """The set-up script, told to use a Python that is not a 3.10."""
    script = tmp_path / "tools" / "environments.sh"
    script.parent.mkdir()
    script.write_text((ROOT / "tools" / "environments.sh").read_text())
    for project in (tmp_path, tmp_path / "bot" / "nlu"):
        project.mkdir(parents=True, exist_ok=True)
        (project / "pyproject.toml").write_text("")
        (project / "uv.lock").write_text("")
    stamp = subprocess.run(
        ["sh", "-c", "cat pyproject.toml uv.lock | cksum"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / ".limpede").write_text(stamp)
    (tmp_path / ".venv" / "bin" / "limpede").symlink_to("/bin/true")
    done = subprocess.run(
        ["sh", str(script)],
        env={**os.environ, "RASA_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    complains(done, "RASA_PYTHON", "Python 3.10")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
