"""Do simulated phones ring, and is who answers heard as Twilio would tell it?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

CARMEN, RADU, OURS = "+40700000003", "+40722999001", "+40312345679"
ACCOUNT, AUTH = "AC" + "0" * 32, "twilio-auth-token"
ASK = '<Gather input="dtmf" numDigits="1" timeout="6" action="key" actionOnEmptyResult="true"/>'
WHISPER = '<Dial action="over"><Number url="whisper">+40722999001</Number></Dial>'


async def ring(world: World, **how: Any) -> Any:
    """The app calls Carmen, and wants to know whether a machine answers."""
    client = Client(ACCOUNT, AUTH)
    client.api.base_url = f"{world.business.url}/simulator/twilio-api"
    here = f"{world.business.url}/webhooks/voice"
    wish = {
        "to": CARMEN,
        "from_": OURS,
        "url": f"{here}/callback",
        "status_callback": f"{here}/status",
        "machine_detection": "DetectMessageEnd",
        **how,
    }
    return await asyncio.to_thread(lambda: client.calls.create(**wish))


async def until(world: World, phone: str, state: str) -> dict[str, Any]:
    after, answer = 0, {"state": "", "last": 0}
    while answer["state"] != state:
        path = f"/simulator/voice/{phone}/transcript"
        answer = (await world.api.get(path, params={"after": after, "wait": 1})).json()
        after = answer["last"]
    return answer


async def test_who_takes_a_ringing_phone_up_hears_the_app(world: World) -> None:
    world.business.says("callback", f"<Say>Ne-ați rugat să vă sunăm.</Say>{ASK}")
    world.business.says("key", "<Say>Bine.</Say><Hangup/>")
    made = await ring(world)
    assert (made.status, made.direction, made.to) == ("ringing", "outbound-api", CARMEN)
    assert (await until(world, CARMEN, "ringing"))["listening"] is None

    answered = await world.post(f"voice/{CARMEN}/answer")
    assert (answered.json()["status"], answered.json()["state"]) == (200, "listening")
    await world.post(f"voice/{CARMEN}/keys", {"keys": "1"})

    first, second = [form for _, form in world.business.voice]
    assert (first["From"], first["To"], first["Direction"]) == (OURS, CARMEN, "outbound-api")
    assert (first["AnsweredBy"], first["CallStatus"]) == ("human", "in-progress")
    assert second["Digits"] == "1"
    assert [end["CallStatus"] for end in world.business.ends] == ["completed"]


async def test_a_machine_is_told_as_one(world: World) -> None:
    world.business.says("callback", "<Say>V-am sunat.</Say><Hangup/>")
    await ring(world)
    answered = await world.post(f"voice/{CARMEN}/answer", {"by": "machine"})
    assert answered.json()["state"] == "ended"
    assert world.business.voice[0][1]["AnsweredBy"] == "machine_end_beep"


async def test_a_call_that_nobody_takes_up_is_told(world: World) -> None:
    await ring(world, timeout=0)
    await until(world, CARMEN, "ended")
    assert (world.business.voice, world.business.ends[0]["CallStatus"]) == ([], "no-answer")


async def test_a_call_that_is_refused_is_busy(world: World) -> None:
    await ring(world)
    await world.post(f"voice/{CARMEN}/refuse")
    assert [end["CallStatus"] for end in world.business.ends] == ["busy"]
    assert (await world.post(f"voice/{CARMEN}/answer")).status_code == 409


async def test_a_phone_that_is_in_a_call_is_busy_and_the_call_goes_on(world: World) -> None:
    world.business.says("incoming", '<Gather timeout="6" action="turn"/>')
    await world.post(f"voice/{CARMEN}/call")
    await ring(world)
    while not world.business.ends:
        await world.api.get(f"/simulator/voice/{CARMEN}/transcript", params={"wait": 1})
    assert world.business.ends[0]["CallStatus"] == "busy"
    assert (await world.shown(f"voice/{CARMEN}"))[0]["n"] > 0
    state = await world.api.get(f"/simulator/voice/{CARMEN}/transcript")
    assert state.json()["state"] == "listening"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"to": "nobody"}, 21211), ({"from_": "+40310000001"}, 21210), ({"url": "/callback"}, 21205)],
)
async def test_a_call_that_twilio_would_not_make_is_refused(
    world: World, changes: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await ring(world, **changes)
    assert refused.value.code == code


# --- an agent's phone, in somebody's call ---


async def dialled(world: World) -> None:
    """Carmen's call is being put through to Radu, whose phone rings."""
    world.business.says("incoming", WHISPER)
    world.business.says("whisper", f"<Say>Un apel. Apăsați 1.</Say>{ASK}")
    world.business.says("over", "<Say>S-a încheiat.</Say><Hangup/>")
    await world.post(f"voice/{CARMEN}/call")
    await until(world, RADU, "ringing")


async def test_an_agent_is_asked_before_the_two_are_connected(world: World) -> None:
    await dialled(world)
    world.business.says("key", "")
    await world.post(f"voice/{RADU}/answer")
    transcript = await world.api.get(f"/simulator/voice/{CARMEN}/transcript")
    assert transcript.json()["state"] != "connected"
    await world.post(f"voice/{RADU}/keys", {"keys": "1"})
    await until(world, CARMEN, "connected")

    await world.post(f"voice/{RADU}/hangup")
    await until(world, CARMEN, "ended")
    over = dict(world.business.voice)["over"]
    assert (over["DialCallStatus"], over["DialBridged"]) == ("completed", "true")


async def test_a_caller_who_hangs_up_lets_the_agent_go(world: World) -> None:
    await dialled(world)
    world.business.says("key", "")
    await world.post(f"voice/{RADU}/answer")
    await world.post(f"voice/{RADU}/keys", {"keys": "1"})
    await until(world, CARMEN, "connected")
    await world.post(f"voice/{CARMEN}/hangup")
    await until(world, RADU, "ended")


async def test_an_agent_who_does_not_want_the_call_never_hears_the_caller(world: World) -> None:
    await dialled(world)
    world.business.says("key", "<Hangup/>")
    await world.post(f"voice/{RADU}/answer")
    await world.post(f"voice/{RADU}/silence")
    await until(world, CARMEN, "ended")
    over = dict(world.business.voice)["over"]
    assert (over["DialBridged"], "connected" in await events(world)) == ("false", False)


async def test_an_agent_who_is_busy_is_told_to_the_app(world: World) -> None:
    await dialled(world)
    await world.post(f"voice/{RADU}/refuse")
    await until(world, CARMEN, "ended")
    over = dict(world.business.voice)["over"]
    assert (over["DialCallStatus"], over["DialBridged"]) == ("busy", "false")


async def events(world: World) -> list[str]:
    return [one["event"] for one in await world.shown(f"voice/{CARMEN}") if one["from"] == "line"]
