"""`limpede channels sms check` says what is right at Twilio and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.channels.twilio_api import make_client
from limpede.findings import Found
from limpede.settings import Settings
from limpede.sms_check import look
from tests.command_line import Said, limpede

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

ACCOUNT, AUTH = "AC" + "0" * 32, "twilio-auth-token"
NUMBER, VOICE_NUMBER = "+40312345678", "+40312345679"
SERVICE = "MG" + "0" * 32
PUBLIC = "https://billing.example.com"


@pytest.fixture
def connected(world: World) -> Iterator[World]:
    """A business whose number leads to its public address."""
    phones = world.simulator.sms
    before = phones.line
    phones.line = replace(before, webhook=f"{PUBLIC}/webhooks/sms")
    yield world
    phones.line = before


async def looked(world: World, *, token: str = AUTH, **given: Any) -> list[Found]:
    chosen = Settings(
        _env_file=None,
        **{
            "public_url": PUBLIC,
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": SecretStr(token),
            "twilio_number": NUMBER,
            **given,
        },
    )
    url = f"{world.business.url}/simulator/twilio-api"
    client = make_client(chosen.twilio_account_sid or "", token, url, timeout=5)
    return await asyncio.to_thread(lambda: list(look(chosen, client)))


def wrong(found: list[Found]) -> list[str]:
    return [each.text for each in found if not each.right]


async def test_what_is_right_is_said_in_a_line_each(connected: World) -> None:
    found = await looked(connected)
    assert wrong(found) == []
    assert [each.text for each in found] == [
        f"receipts come to {PUBLIC}/webhooks/sms/status, which goes along with every message",
        f"the account {ACCOUNT} is active and the credentials open it",
        f"{NUMBER} is the account's and can send SMS",
        f"what comes in at {NUMBER} goes to {PUBLIC}/webhooks/sms",
    ]


async def test_a_messaging_service_is_right_where_its_requests_come_here(connected: World) -> None:
    found = await looked(connected, twilio_messaging_service_sid=SERVICE)
    assert wrong(found) == []
    assert found[-1].text == f"what comes in at {SERVICE} goes to {PUBLIC}/webhooks/sms"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"token": "wrong"}, ["do not fit together"]),
        ({"twilio_account_sid": "AC" + "1" * 32}, ["do not fit together"]),
        ({"twilio_number": "+40399999999"}, ["+40399999999 is no number of this account"]),
        ({"twilio_number": VOICE_NUMBER}, [f"{VOICE_NUMBER} cannot send SMS"]),
        ({"twilio_sms_numbers": VOICE_NUMBER}, [f"{VOICE_NUMBER} cannot send SMS"]),
        (
            {"public_url": "https://other.example.com"},
            ['set "A message comes in" to POST https://other.example.com/webhooks/sms'],
        ),
        ({"twilio_messaging_service_sid": "MG" + "1" * 32}, ["is no messaging service"]),
        (
            {"twilio_messaging_service_sid": SERVICE, "twilio_sms_numbers": VOICE_NUMBER},
            [f"{VOICE_NUMBER} cannot send SMS", f"{VOICE_NUMBER} is not in the sender pool"],
        ),
    ],
)
async def test_what_is_wrong_is_named(
    connected: World, given: dict[str, str], says: list[str]
) -> None:
    found = wrong(await looked(connected, **given))
    assert len(found) == len(says)
    for text, part in zip(found, says, strict=True):
        assert part in text


@pytest.mark.parametrize(
    "public_url",
    [None, "http://billing.example.com", "https://localhost", "https://10.0.0.7", "https://host"],
)
async def test_an_address_that_twilio_cannot_reach_is_the_first_thing_wrong(
    connected: World, public_url: str | None
) -> None:
    [first, *_] = await looked(connected, public_url=public_url)
    assert not first.right
    assert "LIMPEDE_PUBLIC_URL" in first.text


async def test_a_twilio_that_is_away_is_told(unused_tcp_port: int, connected: World) -> None:
    chosen = Settings(
        _env_file=None, public_url=PUBLIC, twilio_account_sid=ACCOUNT, twilio_number=NUMBER
    )
    client = make_client(ACCOUNT, AUTH, f"http://127.0.0.1:{unused_tcp_port}", timeout=5)
    found = await asyncio.to_thread(lambda: list(look(chosen, client)))
    assert wrong(found) == ["Twilio does not answer: is this machine allowed to reach it?"]


async def checked(world: World, folder: Path, **environment: str) -> Said:
    given = {
        "LIMPEDE_PUBLIC_URL": PUBLIC,
        "TWILIO_API_URL": f"{world.business.url}/simulator/twilio-api",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": AUTH,
        "TWILIO_NUMBER": NUMBER,
        **environment,
    }
    return await asyncio.to_thread(limpede, folder, "channels", "sms", "check", **given)


async def test_the_command_ends_well_when_all_is_right(connected: World, tmp_path: Path) -> None:
    done = await checked(connected, tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["right"] * 4


async def test_the_command_ends_with_the_first_thing_wrong(
    connected: World, tmp_path: Path
) -> None:
    done = await checked(connected, tmp_path, TWILIO_NUMBER=VOICE_NUMBER)
    assert done.returncode == 2
    assert f"WRONG\t{VOICE_NUMBER} cannot send SMS" in done.stdout
    assert f"limpede: {VOICE_NUMBER} cannot send SMS" in " ".join(done.stderr.split())
    assert AUTH not in done.stdout + done.stderr


async def test_the_command_tells_all_that_is_wrong(connected: World, tmp_path: Path) -> None:
    done = await checked(
        connected,
        tmp_path,
        LIMPEDE_PUBLIC_URL="http://localhost",
        TWILIO_SMS_NUMBERS=f"{VOICE_NUMBER},+40399999999",
    )
    assert done.returncode == 2
    assert done.stdout.count("WRONG\t") == 4  # also where the number's messages go
    assert "LIMPEDE_PUBLIC_URL" in done.stderr
    assert "(and 3 more: see above)" in " ".join(done.stderr.split())


async def test_without_twilio_there_is_nothing_to_check(world: World, tmp_path: Path) -> None:
    done = await checked(world, tmp_path, TWILIO_AUTH_TOKEN="")
    assert done.returncode == 2
    assert "TWILIO_AUTH_TOKEN is not set" in " ".join(done.stderr.split())
