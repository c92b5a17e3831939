"""How does `limpede up` bring up the whole product, keep it up and take it down?"""

from __future__ import annotations

import contextlib
import fcntl
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

import httpx
import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from limpede import database, demo, keys, rasa
from limpede.processes import Backoff, Child, port_is_free
from limpede.settings import ROOT, Settings, SettingsWrong

# Children of a run that was killed need a moment to notice.
_PORT_SECONDS = 8.0
_HEALTH_SECONDS = 120.0
log = structlog.get_logger(__name__)


class Stopped(BaseException):
    """Somebody asked the product to stop."""


def up(settings: Settings, console: Console) -> None:
    """Run until told to stop. Raises SettingsWrong with one sentence when it cannot start."""
    _stop_on_signals()
    with contextlib.suppress(Stopped), _alone(settings):
        engine = rasa.engine(settings)
        _require_ports(settings)
        with _step(console, "Starting the database"):
            stack = contextlib.ExitStack()
            url = stack.enter_context(database.database(settings, alone=True))
        with stack:
            _prepare(settings, console, engine, url)
            _run(settings, console, engine, url)
    console.print("Limpede has stopped.")


def _prepare(settings: Settings, console: Console, engine: rasa.Engine, url: str) -> None:
    with _step(console, "Bringing the tables up to date"):
        database.migrate(url)
    if settings.demo:
        with _step(console, "Founding the demo company, if there is none"):
            demo.found_now(settings, url)
    if not rasa.trained(engine):
        with _step(console, "Training the assistant (the training data changed)"):
            rasa.train(engine)
    rasa.configure(engine, settings, keys.load(settings), url)


def _run(settings: Settings, console: Console, engine: rasa.Engine, url: str) -> None:
    shared = keys.load(settings)
    app = Child(
        "app",
        [sys.executable, "-m", "limpede", "serve"],
        folder=ROOT,
        environment={
            "DATABASE_URL": url,
            "LIMPEDE_SIMULATOR": "1" if settings.simulator else "",
            "LIMPEDE_DEMO": "1" if settings.demo else "",
            "LIMPEDE_PORT": str(settings.port),
            "LIMPEDE_HOST": settings.host,
        },
        tell=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201 - its own log
    )
    dialogue = Child(
        "rasa",
        rasa.command(engine, settings, shared),
        folder=ROOT,
        environment=rasa.environment(engine),
        tell=lambda line: log.info("rasa", line=rasa.quiet(line)),
    )
    children = [dialogue, app]
    try:
        for child in children:
            child.start()
        with _step(console, "Starting the assistant and the app"):
            _wait_until_healthy(settings, children)
        _welcome(settings, console)
        _keep_alive(children)
    finally:
        for child in reversed(children):
            child.stop()


def _keep_alive(children: list[Child]) -> None:
    """Restart what dies, each time a little later, until somebody stops us."""
    patience = {child.name: Backoff() for child in children}
    while True:
        for child in children:
            if not child.alive() and patience[child.name].due():
                log.warning("restarting", process=child.name)
                patience[child.name].started()
                child.start()
        time.sleep(0.2)


def _wait_until_healthy(settings: Settings, children: list[Child]) -> None:
    deadline = time.monotonic() + _HEALTH_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            if not child.alive():
                raise SettingsWrong(f"{child.name} did not start; its last lines are above")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{settings.local_url}/health/ready", timeout=5).is_success:
                return
        time.sleep(0.1)
    raise SettingsWrong(f"the app was not healthy within {_HEALTH_SECONDS:.0f} seconds")


def _welcome(settings: Settings, console: Console) -> None:
    base = settings.base_url
    lines = [("Start page", "/"), ("Agent desk", "/desk"), ("API", "/docs"), ("Health", "/health")]
    if settings.simulator:
        lines.insert(1, ("Customer simulator", "/simulator"))
    console.print("\nLimpede is ready:")
    for name, path in lines:
        console.print(f"  {name:<20}{base}{path}", highlight=False)
    console.print("\nCtrl-C stops it.")


def _require_ports(settings: Settings) -> None:
    for name, port, host in (
        ("LIMPEDE_PORT", settings.port, settings.host),
        ("RASA_PORT", settings.rasa_port, "127.0.0.1"),
    ):
        deadline = time.monotonic() + _PORT_SECONDS
        while not port_is_free(port, host):
            if time.monotonic() > deadline:
                raise SettingsWrong(f"port {port} is taken: set {name} to a free one")
            time.sleep(0.2)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One `limpede up` for each var folder; the lock goes with the process, however it ends."""
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsWrong(
                "Limpede is already running from this folder: stop it, or set LIMPEDE_VAR,"
                " LIMPEDE_PORT and RASA_PORT for a second one"
            ) from None
        yield


@contextlib.contextmanager
def _step(console: Console, name: str) -> Iterator[None]:
    """One line for each step, with a bar while it lasts and the time it took at the end."""
    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        bar.add_task(name, total=None)
        yield
    console.print(f"{name} ... done in {time.monotonic() - began:.1f} s", highlight=False)


def _stop_on_signals() -> None:
    """Ctrl-C, a polite kill and a closed terminal all mean: stop everything, then end."""

    def stop(number: int, frame: FrameType | None) -> None:
        # Only once: a second Ctrl-C must not interrupt the stopping.
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
