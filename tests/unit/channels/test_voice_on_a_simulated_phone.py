"""Do the documents make a whole call, as a phone that interprets TwiML lives it?"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from billing_backend.clock import SystemClock
from bot.channels.message import Channel, Kind, Outbound, Spoken
from bot.channels.simulator.handset import State
from bot.channels.simulator.live_call import LiveCall
from bot.channels.simulator.screen import Screens
from bot.channels.simulator.voice_line import VoiceLine
from bot.channels.voice import make_router

TOKEN, URL, CARMEN = "a7f3c5e1d2b4968700112233445566aa", "https://bot.example", "+40722100203"
VOICE = f"{URL}/webhooks/voice"
PATIENCE = 5.0  # seconds of real time at most; nothing waits for it to pass


def words(name: str, language: str) -> str:
    return "Un moment, vă rog."


def say(text: str, owner: str = "bot", *, hang_up: bool = False, **more: Any) -> Spoken:
    message = Outbound(Channel.VOICE, "CA1", text, "ro", hang_up=hang_up)
    return Spoken((message,) if text else (), "ro", owner, **more)


class Desk:
    """Decides what a caller who waits finds in every round."""

    def __init__(self, door: Any) -> None:
        self._door = door

    def everybody_busy(self) -> None:
        self._door.otherwise = say("", "queue")

    def takes_the_call(self, greeting: str) -> None:
        self._door.otherwise = say("", "agent")
        self._door.words.append(say(greeting, "agent"))


@pytest.fixture
def desk(door: Any) -> Desk:
    return Desk(door)


@pytest.fixture
async def carmen(door: Any, switchboard: Any) -> AsyncIterator[LiveCall]:
    app = FastAPI()
    app.include_router(
        make_router(
            door=door, switchboard=switchboard, auth_token=TOKEN, public_url=URL, words=words
        )
    )
    line = VoiceLine("AC1", TOKEN, "+40312345679", f"{VOICE}/incoming", f"{VOICE}/status")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        now = SystemClock().now
        call = LiveCall(line, CARMEN, Screens(now).of(CARMEN), http, now, pace=0.01)
        yield call
        call.drop()


def kinds(door: Any) -> list[Kind]:
    return [message.kind for message in door.messages]


async def test_a_caller_proves_who_she_is_asks_and_hangs_up(door: Any, carmen: LiveCall) -> None:
    door.words = [
        say("Codul de client?", expects="customer_number"),
        say("Și PIN-ul?", expects="pin"),
        say("", pending=True),
        say("Aveți de plată o sută de lei."),
    ]
    assert await carmen.begin() == 200
    await carmen.press("10000003", patience=PATIENCE)
    await carmen.press("4711", patience=PATIENCE)
    await carmen.settled(PATIENCE)
    await carmen.hang_up()
    assert kinds(door) == [Kind.BEGIN, Kind.KEYS, Kind.KEYS, Kind.HANGUP]
    assert [m.text for m in door.messages] == ["", "10000003", "4711", ""]


async def test_silence_reaches_the_bot_and_last_words_end_the_call(
    door: Any, carmen: LiveCall
) -> None:
    door.words = [say("Cu ce vă ajut?"), say("La revedere.", hang_up=True)]
    await carmen.begin()
    await carmen.be_silent(patience=PATIENCE)
    await carmen.settled(PATIENCE)
    assert carmen.state is State.ENDED
    assert kinds(door) == [Kind.BEGIN, Kind.SILENCE, Kind.HANGUP]


async def test_a_caller_waits_presses_a_key_and_speaks_with_the_agent(
    door: Any, carmen: LiveCall, desk: Desk
) -> None:
    door.words = [say("Cu ce vă ajut?"), say("Un coleg vă preia.", "queue")]
    desk.everybody_busy()
    await carmen.begin()
    await carmen.say("operator", 0.9, patience=PATIENCE)
    await carmen.settled(PATIENCE)
    assert carmen.state is State.WAITING
    await carmen.press("1", patience=PATIENCE)
    desk.takes_the_call("Bună ziua, sunt Radu.")
    while carmen.gather is None or not carmen.gather.speech:  # until the line hears words again
        await carmen.settled(PATIENCE)
        await asyncio.sleep(0)  # let the call go on
    await carmen.say("am fost taxată de două ori", 0.9, patience=PATIENCE)
    assert kinds(door) == [Kind.BEGIN, Kind.SPEECH, Kind.KEYS, Kind.SPEECH]
    assert door.messages[-1].text == "am fost taxată de două ori"
