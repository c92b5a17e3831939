"""How is the whole product started for tests, once a run, as a newcomer starts it?

Its fixtures are known to every test (tests/conftest.py): a second product is never started.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from limpede import rasa
from limpede.postgres import EmbeddedPostgres, die_with_parent
from limpede.settings import ROOT, Settings
from tests.journeys.people import Desk, Devices, Product

START_SECONDS = 240


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`limpede up --demo` on ports of its own; its log is printed when it does not start."""
    var = tmp_path_factory.mktemp("stack") / "var"
    app_port, rasa_port = free_port(), free_port()
    take_the_trained_model(var)
    log = var.parent / "up.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "limpede", "up", "--demo"],
            cwd=ROOT,
            env={
                **os.environ,
                "LIMPEDE_VAR": str(var),
                "LIMPEDE_PORT": str(app_port),
                "RASA_PORT": str(rasa_port),
            },
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(signal.SIGINT),  # also when the tests are killed
        )
    product = Product(f"http://localhost:{app_port}", var=var, process=process, log=log)
    try:
        product.wait_until_ready(START_SECONDS)
        yield product
    finally:
        product.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()[-4000:]
        keep_the_trained_model(var)
        EmbeddedPostgres(var / "postgres").destroy()


@pytest.fixture
def product(running: Product) -> Product:
    """The running product with a fresh demo company."""
    running.reset()
    return running


@pytest.fixture
def cast(product: Product) -> dict[str, dict[str, str]]:
    """The people of the demo by their first name, in lower case."""
    return product.cast()


@pytest.fixture
def devices(product: Product, cast: dict[str, dict[str, str]]) -> Devices:
    return Devices(product, cast)


@pytest.fixture
def desk(product: Product) -> Iterator[Desk]:
    with contextlib.closing(Desk(product, "maria@demo.example")) as maria:
        yield maria


@pytest.fixture
def other_desk(product: Product) -> Iterator[Desk]:
    with contextlib.closing(Desk(product, "radu@demo.example")) as radu:
        yield radu


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def take_the_trained_model(var: Path) -> None:
    """Training takes a while: a model that is up to date is used again."""
    kept = rasa.Engine(python=Path("unused"), var=Settings().var)
    if rasa.trained(kept):
        shutil.copytree(kept.model.parent, var / "models")


def keep_the_trained_model(var: Path) -> None:
    kept = Settings().var / "models"
    if (var / "models").exists() and not kept.exists():
        shutil.copytree(var / "models", kept)
