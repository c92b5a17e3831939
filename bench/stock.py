"""How does a stock `rasa init` bot do on the same machine, in the same run?"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import aiohttp
from rich.console import Console

from bench.stack import remove, scratch
from bench.table import Row
from bench.turns import CUSTOMERS, TURNS_EACH, light_client
from limpede.rasa import ENVIRONMENT, engine
from limpede.settings import Settings

_START_SECONDS = 240


def side_by_side(console: Console, ours: list[Row]) -> list[Row]:
    """16 customers at once on bare REST turns, beside our Rasa's rate."""
    python = engine(Settings()).python
    folder = scratch()
    environment = {**os.environ, **ENVIRONMENT}
    try:
        console.print("Training a stock `rasa init` bot (about a minute) ...")
        _rasa(python, folder, environment, "init", "--no-prompt", "--init-dir", str(folder))
        rate = _served(python, folder, environment)
    finally:
        remove(folder)
    bare = next(row.value for row in ours if "bare turns to our Rasa" in row.what)
    return [
        Row(
            f"{CUSTOMERS} at once, bare turns to a stock `rasa init` bot",
            f"{rate:.0f} turns/s",
            f"ours: {bare:.0f} turns/s, {bare / rate:.1f} times",
            "ours at least twice its rate",
        )
    ]


def _rasa(python: Path, folder: Path, environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [str(python), "-W", "ignore", "-m", "rasa", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _served(python: Path, folder: Path, environment: dict[str, str]) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(str(python), "-W", "ignore", "-m", "rasa", "run"),
            *("--port", str(port), "--interface", "127.0.0.1"),
        ],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return asyncio.run(_measure(f"http://127.0.0.1:{port}"))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


async def _measure(url: str) -> float:
    async with light_client() as client:
        await _until_up(client, url)

        async def talk(name: str) -> None:
            for _ in range(TURNS_EACH):
                body = {"sender": name, "message": "are you a bot?"}
                async with client.post(f"{url}/webhooks/rest/webhook", json=body) as answer:
                    answer.raise_for_status()
                    await answer.read()

        await asyncio.gather(*(talk(f"warm {number}") for number in range(CUSTOMERS)))
        began = time.perf_counter()
        await asyncio.gather(*(talk(f"customer {number}") for number in range(CUSTOMERS)))
        return CUSTOMERS * TURNS_EACH / (time.perf_counter() - began)


async def _until_up(client: aiohttp.ClientSession, url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            async with client.get(url):
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.2)
    raise SystemExit("bench: the stock bot did not start")
