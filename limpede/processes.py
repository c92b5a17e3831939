"""How is a child process started, watched, and surely ended?"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from limpede.postgres import die_with_parent

_STOP_SECONDS = 8.0


class Child:
    """One process of ours: its output goes line by line through `tell`, and it dies with us."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        self.name = name
        self._command = list(command)
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self._tell = tell
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C in the terminal reaches the children through us, in the right order.
            start_new_session=True,
            # At once, when we were killed: whoever starts us again needs its port, and nothing is
            # lost by it.
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to end, wait, and end it."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._reader is not None:
            self._reader.join(timeout=1)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._tell(line.rstrip("\n"))


class Backoff:
    """When may something that keeps dying be started again? Doubles from 1 to 30 seconds."""

    def __init__(self) -> None:
        self._wait = 1.0
        self._not_before = 0.0
        self._started = time.monotonic()

    def due(self) -> bool:
        return time.monotonic() >= self._not_before

    def started(self) -> None:
        """It is being started: had it lived for a minute, its past is forgiven."""
        now = time.monotonic()
        self._wait = 1.0 if now - self._started > 60 else min(self._wait * 2, 30.0)
        self._started = now
        self._not_before = now + self._wait


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
