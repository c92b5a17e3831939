"""The embedded PostgreSQL starts, is found again, and never outlives us."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from limpede.postgres import EmbeddedPostgres, homes_elsewhere

CHILD = """
import sys
from pathlib import Path
from limpede.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
print(server.start(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "a folder with spaces" / "postgres", durable=False)
    yield server
    server.destroy()


def again(server: EmbeddedPostgres) -> EmbeddedPostgres:
    """The same server as another process would find it."""
    return EmbeddedPostgres(server.home, durable=False)


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def test_what_was_stored_is_there_after_a_restart(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_live_server_is_adopted_and_can_be_stopped(server: EmbeddedPostgres) -> None:
    url = server.start()
    other = again(server)
    assert other.start() == url
    other.stop()
    assert not answers(url)


def test_data_that_cannot_lie_in_its_home_says_whose_it_is_until_it_is_removed(
    tmp_path: Path,
) -> None:
    home = tmp_path / "postgres"
    server = EmbeddedPostgres(home, durable=False)
    # As anybody but root it lies in the home itself.
    assert (home in homes_elsewhere()) == (server.home != home)
    server.destroy()
    assert home not in homes_elsewhere()


def test_a_stale_pid_file_is_not_believed(server: EmbeddedPostgres) -> None:
    server.start()
    pid_file = next(server.home.glob("data*/postmaster.pid"))
    lines = pid_file.read_text().splitlines()
    server.stop()
    # The pid of somebody else, as after a crash and a reboot.
    lines[0] = str(os.getpid())
    pid_file.write_text("\n".join(lines) + "\n")
    assert answers(server.start())


def test_a_server_that_is_just_stopping_is_waited_for(server: EmbeddedPostgres) -> None:
    """Who was killed with its product is started again before the old server is gone."""
    url = server.start()
    guest = psycopg.connect(url)
    pid_file = next(server.home.glob("data*/postmaster.pid"))
    # Politely: it takes no new guests, and stays until the last one has left.
    os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGTERM)
    while answers(url):
        pass
    leaving = threading.Timer(0.5, guest.close)
    leaving.start()
    other = again(server)
    assert answers(other.start())
    leaving.join()
    other.stop()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_dies_with_its_parent(server: EmbeddedPostgres, death: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(server.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert answers(url)
        pid = int(next(server.home.glob("data*/postmaster.pid")).read_text().splitlines()[0])
        ended = os.pidfd_open(pid)
        parent.send_signal(death)
    # Readable once the process has ended: no guessing how long that takes.
    assert select.select([ended], [], [], 20)[0]
    os.close(ended)
    assert not answers(url)
