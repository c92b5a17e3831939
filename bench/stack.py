"""How is the product started for measuring, and what does starting cost?"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil
import psycopg
from rich.console import Console

from bench.table import Row
from limpede import rasa
from limpede.settings import ROOT, Settings

_START_SECONDS = 240


class Stack:
    """`limpede up --demo` in a folder and on ports of its own."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._folder = tempfile.TemporaryDirectory(prefix="limpede-bench-")
        Path(self._folder.name).chmod(0o755)
        self.var = Path(self._folder.name) / "var"
        self.port, self.rasa_port = _free_port(), _free_port()
        self.url = f"http://localhost:{self.port}"
        self.rasa_url = f"http://127.0.0.1:{self.rasa_port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._folder.cleanup()

    def start_up(self) -> list[Row]:
        """Train, start, stop, and start again with nothing changed."""
        settings = Settings(var=self.var)
        engine = rasa.engine(settings)
        self._console.print("Training the assistant ...")
        began = time.perf_counter()
        rasa.train(engine)
        training = time.perf_counter() - began
        self._console.print("Starting twice ...")
        first = self._start()
        self._stop()
        second = self._start()
        return [
            Row("training the assistant", f"{training:.1f} s", goal="under 30 s"),
            Row("first start (empty database, demo company)", f"{first:.1f} s"),
            Row("start with nothing changed", f"{second:.1f} s", goal="under 20 s"),
        ]

    def memory(self) -> list[Row]:
        """Resident memory of Rasa and the app, after all that was asked of them."""
        return [
            Row(f"resident memory of {name}", f"{size:.0f} MB")
            for name, size in self.resident().items()
        ]

    def resident(self) -> dict[str, float]:
        """Resident memory of both now, in MB."""
        assert self._process is not None
        sizes = {"rasa": 0, "app": 0}
        for child in psutil.Process(self._process.pid).children(recursive=True):
            command = " ".join(child.cmdline())
            if "-m bot.nlu" in command:
                sizes["rasa"] += child.memory_info().rss
            elif "limpede serve" in command:
                sizes["app"] += child.memory_info().rss
        return {name: size / 2**20 for name, size in sizes.items()}

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection to the product's own database."""
        password = (self.var / "postgres" / "password").read_text()
        pid_file = next((self.var / "postgres").glob("data*/postmaster.pid"))
        port = pid_file.read_text().splitlines()[3]
        return psycopg.connect(
            f"postgresql://limpede:{password}@127.0.0.1:{port}/postgres", autocommit=True
        )

    def keys(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads((self.var / "keys.json").read_text())
        return kept

    def _start(self) -> float:
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "limpede", "up", "--demo"],
            cwd=ROOT,
            env={
                **os.environ,
                "LIMPEDE_VAR": str(self.var),
                "LIMPEDE_PORT": str(self.port),
                "RASA_PORT": str(self.rasa_port),
                # No person writes as fast as a bench.
                "LIMPEDE_MESSAGES_PER_MINUTE": "100000",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while time.perf_counter() - began < _START_SECONDS:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return time.perf_counter() - began
            except httpx.HTTPError:
                time.sleep(0.05)
        raise SystemExit("bench: the product did not start; try `make run` to see why")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None


def scratch() -> Path:
    """A folder for a trial beside the product, removed by the caller."""
    return Path(tempfile.mkdtemp(prefix="limpede-bench-"))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
