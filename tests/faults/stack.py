"""What runs, what can be killed, and how is it all there again afterwards?

`limpede up` with the demo company, as a company runs it: Telegram and Twilio are outside, played
by the product's own doubles in this process, so that they outlive the app.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, LiteralString, Self

import httpx
import psutil
import psycopg
import uvicorn
from fastapi import FastAPI

from billing_backend.clock import ShiftedClock
from bot.channels.simulator import SimulatorSettings, make_simulator
from bot.channels.simulator.voice_line import VoiceLine
from limpede import demo
from limpede.postgres import EmbeddedPostgres, die_with_parent
from limpede.settings import ROOT
from tests.stack import free_port, keep_the_trained_model, take_the_trained_model

START_SECONDS = 240.0
TELEGRAM_TOKEN, TELEGRAM_SECRET = "1:storm", "storm-secret"
ACCOUNT, AUTH_TOKEN, NUMBER = f"AC{7:032x}", "storm-token", "+40310000000"


class Providers:
    """Telegram and Twilio on a port of their own."""

    def __init__(self, app_url: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/simulator"
        self._settings = SimulatorSettings(
            app_url=app_url,
            telegram_token=TELEGRAM_TOKEN,
            telegram_secret=TELEGRAM_SECRET,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=AUTH_TOKEN,
            sms_number=NUMBER,
            voice_number=NUMBER,
            stripe_api_key="sk_test_storm",
            stripe_webhook_secret="whsec_storm",
            company="Demo Telecom",
        )
        simulator = make_simulator(
            self._settings, clock=ShiftedClock(), reset=_nothing, cast=demo.cast
        )

        @contextlib.asynccontextmanager
        async def life(app: FastAPI) -> AsyncIterator[None]:
            yield
            await simulator.close()

        app = FastAPI(lifespan=life)
        app.include_router(simulator.router)
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            loop="asyncio",
            log_config=None,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def line(self) -> VoiceLine:
        """The telephone line, for whoever calls."""
        settings = self._settings
        return VoiceLine(
            ACCOUNT,
            AUTH_TOKEN,
            NUMBER,
            settings.at(settings.voice_path),
            settings.at(settings.voice_status_path),
        )

    def environment(self) -> Mapping[str, str]:
        """What the app must be told to call these."""
        return {
            "LIMPEDE_DEMO": "1",
            "TELEGRAM_BOT_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
            "TELEGRAM_WEBHOOK_URL": self._settings.at(self._settings.telegram_path),
            "TELEGRAM_API_URL": f"{self.url}/telegram-api",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_NUMBER": NUMBER,
            "TWILIO_API_URL": f"{self.url}/twilio-api",
        }


class Stack:
    """The product in a folder and on ports of its own."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.var = folder / "var"
        self.log = folder / "up.log"
        self._port, self._rasa_port = free_port(), free_port()
        self.url = f"http://localhost:{self._port}"
        self.providers = Providers(self.url)
        self._postgres = EmbeddedPostgres(self.var / "postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    async def __aenter__(self) -> Self:
        self.providers.__enter__()
        take_the_trained_model(self.var)
        await self.ready()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            await asyncio.to_thread(self._process.wait, 60)
        keep_the_trained_model(self.var)
        self._postgres.destroy()
        self.providers.__exit__()

    def _up(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "limpede", "up"],
                cwd=ROOT,
                env={
                    **os.environ,
                    **self.providers.environment(),
                    "LIMPEDE_VAR": str(self.var),
                    "LIMPEDE_PORT": str(self._port),
                    "RASA_PORT": str(self._rasa_port),
                },
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent(signal.SIGINT),  # also when the tests are killed
            )

    def _keep_up(self) -> None:
        """Who ended is started again, as systemd does: Rasa may be killed while it starts."""
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                self._up()

    async def ready(self) -> None:
        """Everything is there and healthy."""
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(timeout=5) as http:
            while time.monotonic() < deadline:
                await asyncio.to_thread(self._keep_up)
                try:
                    if (await http.get(f"{self.url}/health/ready")).is_success:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"the product is not ready:\n{self.log.read_text()[-6000:]}")

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection to the product's own database."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(self._address(), autocommit=True, application_name="storm")
            except (OSError, ValueError, IndexError, psycopg.OperationalError):
                if time.monotonic() > deadline:
                    raise
                self._keep_up()
                time.sleep(0.1)  # it is just being started anew

    def rows(self, query: LiteralString, *given: object) -> list[tuple[Any, ...]]:
        """What the product's database has; asked again when it ends in the middle of it."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.database() as database:
                    return database.execute(query, given).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise

    def _address(self) -> str:
        home = self._postgres.home
        [pid_file] = home.glob("data*/postmaster.pid")
        port = pid_file.read_text().splitlines()[3]
        password = (home / "password").read_text()
        return f"postgresql://limpede:{password}@127.0.0.1:{port}/postgres"

    # --- what can go wrong ---

    async def kill(self, what: str) -> None:
        """kill -9 of the `app`, of `rasa`, or of `everything`'s supervisor; once it runs."""
        assert self._process is not None
        if what == "everything":
            killed = self._process
            killed.kill()
            await asyncio.to_thread(killed.wait)
            await asyncio.to_thread(self._keep_up)
            return
        await asyncio.to_thread(self._kill, _MARKS[what])

    def _kill(self, marks: set[str]) -> None:
        while not self._killed(marks):
            self._keep_up()
            time.sleep(0.1)  # until it is started again

    def _killed(self, marks: set[str]) -> bool:
        assert self._process is not None
        with contextlib.suppress(psutil.NoSuchProcess):  # it is dead already
            for child in psutil.Process(self._process.pid).children(recursive=True):
                if marks <= set(child.cmdline()):
                    child.kill()
                    return True
        return False

    def cut(self, whose: str) -> None:
        """The database ends the connections of `limpede` or `limpede-rasa`."""
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            whose,
        )

    async def provider_fails(self, **fault: Any) -> None:
        """A fault of docs/simulator.md."""
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.post(f"{self.providers.url}/faults", json=fault)
            assert answer.is_success, answer.text


_MARKS = {"app": {"limpede", "serve"}, "rasa": {"bot.nlu", "run"}}


async def _nothing() -> None:
    """The company is made afresh by the product, not by its providers."""
