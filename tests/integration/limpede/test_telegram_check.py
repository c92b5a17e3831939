"""Does the check say what Telegram knows of the bot, and all that is wrong?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI, Response

from bot.channels import telegram
from bot.channels.simulator import Simulator, make_simulator
from limpede import telegram_check
from limpede.settings import Settings
from tests.command_line import limpede
from tests.integration.simulator import conftest as simulated

TOKEN = simulated.TOKEN
SECRET = "s3cret_of_the_webhook"


@dataclass
class Telegram:
    """Telegram's double, and the settings of an app in front of it."""

    url: str
    var: Path

    def settings(self, **changes: str | None) -> Settings:
        given = {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": f"{self.url}/simulator/telegram-api",
            "telegram_webhook_url": f"{self.url}/webhooks/telegram",
            "telegram_webhook_secret": SECRET,
        }
        return Settings(var=self.var, **{**given, **changes})

    async def registered(self, **changes: str | None) -> None:
        """As the app does it when it starts."""
        chosen = self.settings(**changes)
        bot = telegram.make_bot(TOKEN, chosen.telegram_api_url or "")
        async with bot:
            await telegram.register_webhook(bot, chosen.telegram_webhook_url or "", SECRET)

    async def says(self, **changes: str | None) -> tuple[list[str], list[str]]:
        """(what is right, what is wrong)"""
        chosen = self.settings(**changes)
        assert chosen.telegram_bot_token is not None
        found = await telegram_check.look(chosen, chosen.telegram_bot_token.get_secret_value())
        return [one.text for one in found if one.right], [
            one.text for one in found if not one.right
        ]


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Telegram]:
    async def nothing() -> None:
        """Nothing to reset."""

    simulators: list[Simulator] = []

    def make_app(url: str) -> FastAPI:
        app = FastAPI()
        simulators.append(
            make_simulator(
                simulated.settings_at(url),
                clock=simulated.MovingClock(simulated.NOON),
                reset=nothing,
                cast=lambda: {"cast": [{"name": "Ana Munteanu", "telegram_id": simulated.ANA}]},
            )
        )
        app.include_router(simulators[0].router)

        @app.post("/webhooks/telegram")
        async def broken() -> Response:
            return Response(status_code=502)

        return app

    async with simulated.serving(make_app) as url:
        yield Telegram(url, tmp_path)
        await simulators[0].close()


async def test_a_bot_that_is_set_up_right_has_a_line_for_each_thing(there: Telegram) -> None:
    await there.registered()
    right, wrong = await there.says()
    assert wrong == []
    assert right == [
        "token: it is the bot @limpede_bot (Limpede)",
        "groups: privacy mode is on; the bot stays out",
        f"webhook: {there.url}/webhooks/telegram",
        "secret: set (given)",
        "updates: all that are needed are sent",
        "deliveries: 0 waiting, no error",
    ]


async def test_a_bot_that_fetches_its_messages_needs_no_webhook(there: Telegram) -> None:
    await there.registered(telegram_webhook_url="")
    right, wrong = await there.says(telegram_webhook_url=None)
    assert ("webhook: none, messages are fetched" in right, wrong) == (True, [])


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ("https://other.example/webhooks/telegram", "is registered instead of https://other"),
        (None, "TELEGRAM_WEBHOOK_URL is not set"),
    ],
)
async def test_a_webhook_that_is_another_one_is_wrong(
    there: Telegram, wanted: str | None, complaint: str
) -> None:
    await there.registered()
    right, [wrong] = await there.says(telegram_webhook_url=wanted)
    assert complaint in wrong
    assert right[-1] == "deliveries: 0 waiting, no error"


async def test_a_secret_that_telegram_would_not_take_is_wrong(there: Telegram) -> None:
    await there.registered()
    _, [wrong] = await there.says(telegram_webhook_secret="două cuvinte")
    assert wrong.startswith("TELEGRAM_WEBHOOK_SECRET")
    assert "două" not in wrong


async def test_a_webhook_that_failed_just_now_is_wrong(there: Telegram) -> None:
    await there.registered()
    async with simulated.httpx.AsyncClient(base_url=there.url, trust_env=False) as api:
        await api.post(f"/simulator/telegram/{simulated.ANA}/send", json={"text": "bună"})
    _, [wrong] = await there.says()
    assert "the last one failed: Wrong response from the webhook: 502" in wrong


@pytest.mark.parametrize("token", ["110201543:AAnotthetokenofanybodyatall00000000", "no token"])
async def test_a_token_that_telegram_does_not_know_is_wrong_and_not_told(
    there: Telegram, token: str
) -> None:
    said = await there.says(telegram_bot_token=token)
    assert said == ([], ["TELEGRAM_BOT_TOKEN is not a token that Telegram knows"])


async def test_a_telegram_that_cannot_be_reached_is_told_without_the_token(
    there: Telegram, unused_tcp_port: int
) -> None:
    nobody = f"http://127.0.0.1:{unused_tcp_port}"
    said = await there.says(telegram_api_url=nobody)
    assert said == ([], ["Telegram does not answer (NetworkError)"])


async def test_the_command_ends_with_nought_or_two(there: Telegram) -> None:
    await there.registered()
    environment = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"{there.url}/simulator/telegram-api",
        "TELEGRAM_WEBHOOK_URL": f"{there.url}/webhooks/telegram",
    }

    def given(**changes: str) -> tuple[int, str, str]:
        done = limpede(there.var, "channels", "telegram", "check", **{**environment, **changes})
        return done.returncode, done.stdout, " ".join(done.stderr.split())

    code, out, err = await asyncio.to_thread(given)
    assert code == 0, err
    assert "right\tsecret: set (made, kept in keys.json)" in out
    assert "WRONG" not in out
    assert TOKEN not in out + err

    code, out, err = await asyncio.to_thread(
        given,
        TELEGRAM_WEBHOOK_URL="https://other.example/",
        TELEGRAM_WEBHOOK_SECRET="două cuvinte",
    )
    assert code == 2
    assert [line.split()[1] for line in out.splitlines() if line.startswith("WRONG")] == [
        "webhook:",
        "TELEGRAM_WEBHOOK_SECRET",
    ]
    assert "is registered instead of" in err
    assert "(and 1 more: see above)" in err
    assert "Traceback" not in err

    code, _, err = await asyncio.to_thread(given, TELEGRAM_BOT_TOKEN="")
    assert code == 2
    assert "TELEGRAM_BOT_TOKEN is not set" in err
