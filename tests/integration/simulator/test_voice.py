"""Does a simulated call go as a real one through Twilio does?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

CARMEN = "+40700000003"
ACCOUNT, AUTH = "AC" + "0" * 32, "twilio-auth-token"
LISTEN = '<Gather input="speech dtmf" timeout="6" action="turn?step=2" actionOnEmptyResult="true"/>'


async def call(world: World, **how: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await world.post(f"voice/{CARMEN}/call", how)).json()
    return answer


async def heard(world: World) -> list[str]:
    shown = await world.shown(f"voice/{CARMEN}")
    return [one["text"] for one in shown if one["from"] == "bot"]


async def events(world: World) -> list[str]:
    return [one["event"] for one in await world.shown(f"voice/{CARMEN}") if one["from"] == "line"]


async def until(world: World, state: str) -> dict[str, Any]:
    """Read the transcript until the call has come to a state."""
    after, answer = 0, {"state": "", "last": 0}
    while answer["state"] != state:
        answer = (
            await world.api.get(
                f"/simulator/voice/{CARMEN}/transcript", params={"after": after, "wait": 1}
            )
        ).json()
        after = answer["last"]
    return answer


async def test_a_caller_is_greeted_and_listened_to(world: World) -> None:
    world.business.says("incoming", f'<Say language="ro-RO">Bună ziua!</Say>{LISTEN}')

    answer = await call(world)

    assert (answer["status"], answer["state"]) == (200, "listening")
    assert answer["listening"]["keys"]
    assert answer["listening"]["speech"]
    said = (await world.shown(f"voice/{CARMEN}"))[0]
    assert (said["from"], said["text"], said["language"]) == ("bot", "Bună ziua!", "ro-RO")
    step, form = world.business.voice[0]
    assert (step, form["From"], form["CallStatus"]) == ("incoming", CARMEN, "ringing")
    assert form["CallSid"] == answer["call"]


async def test_what_is_said_reaches_the_gathers_address_with_its_confidence(world: World) -> None:
    world.business.says("incoming", LISTEN)
    world.business.says("turn", '<Say language="ro-RO">Aveți de plată 120 de lei.</Say><Hangup/>')
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/say", {"text": "cât am de plată"})

    form = world.business.voice[1][1]
    assert (form["SpeechResult"], form["Confidence"]) == ("cât am de plată", "0.9200")
    assert form["CallStatus"] == "in-progress"
    assert await heard(world) == ["Aveți de plată 120 de lei."]
    assert (answer.json()["status"], answer.json()["state"]) == (200, "ended")
    assert world.business.ends[0]["CallStatus"] == "completed"


async def test_keys_are_gathered_until_there_are_enough(world: World) -> None:
    world.business.says("incoming", '<Gather numDigits="4" action="turn?step=2"/>')
    world.business.says("turn", LISTEN)
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/keys", {"keys": "482199"})

    assert answer.json()["used"] == "4821"
    assert world.business.voice[1][1]["Digits"] == "4821"


async def test_silence_is_told_when_the_app_wants_to_know(world: World) -> None:
    world.business.says("incoming", LISTEN)
    world.business.says("turn", f"<Say>Mai sunteți?</Say>{LISTEN}")
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/silence")

    form = world.business.voice[1][1]
    assert (answer.json()["status"], form["SpeechResult"], form["Digits"]) == (200, "", "")
    assert await heard(world) == ["Mai sunteți?"]


async def test_after_silence_the_phone_goes_on_with_the_next_verb(world: World) -> None:
    world.business.says("incoming", '<Gather action="turn"/><Say>Nu v-am auzit. La revedere.</Say>')
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/silence")

    assert (answer.json()["status"], answer.json()["state"]) == (None, "ended")
    assert await heard(world) == ["Nu v-am auzit. La revedere."]
    assert len(world.business.voice) == 1


async def test_a_redirect_is_followed_with_the_method_it_names(world: World) -> None:
    world.business.says("incoming", '<Redirect method="GET">turn?step=7</Redirect>')
    world.business.says("turn", LISTEN)

    answer = await call(world)

    assert answer["state"] == "listening"
    assert world.business.voice[1][1]["step"] == "7"
    assert world.business.voice[1][1]["CallSid"] == answer["call"]


async def test_a_repeated_request_is_the_same_and_its_answer_is_compared(world: World) -> None:
    world.business.says("incoming", LISTEN)
    world.business.says("turn", f"<Say>Unu</Say>{LISTEN}")
    await call(world)
    await world.post(f"voice/{CARMEN}/say", {"text": "factura"})

    same = (await world.post(f"voice/{CARMEN}/say", {"repeat_last": True})).json()
    world.business.says("turn", f"<Say>Doi</Say>{LISTEN}")
    other = (await world.post(f"voice/{CARMEN}/say", {"repeat_last": True})).json()

    assert world.business.voice[1] == world.business.voice[2] == world.business.voice[3]
    assert (same["same_answer"], other["same_answer"]) == (True, False)
    assert await heard(world) == ["Unu"]


async def test_a_hidden_number_is_hidden_from_the_app(world: World) -> None:
    world.business.says("incoming", LISTEN)

    await call(world, withheld=True)

    assert CARMEN not in world.business.voice[0][1].values()


async def test_a_waiting_caller_hears_each_thing_once_and_is_let_out(world: World) -> None:
    world.business.says(
        "incoming", '<Enqueue waitUrl="wait" action="turn?step=3">support</Enqueue>'
    )
    first, second = "<Say>Sunteți al doilea.</Say>", "<Say>Sunteți primul.</Say>"
    pause = '<Pause length="10"/>'
    world.business.says("wait", *[first + pause] * 3, second + pause, second + pause, "<Leave/>")
    world.business.says("turn", f"<Say>Vă răspunde un coleg.</Say>{LISTEN}")

    answer = await call(world)
    assert answer["state"] in ("waiting in queue", "listening")
    await until(world, "listening")

    assert await heard(world) == ["Sunteți al doilea.", "Sunteți primul.", "Vă răspunde un coleg."]
    assert await events(world) == ["queued"]
    asked = [form for step, form in world.business.voice if step == "wait"]
    assert len(asked) == 6
    assert asked[0]["QueuePosition"] == "1"
    assert world.business.voice[-1][1]["QueueResult"] == "leave"


async def test_keys_count_while_waiting(world: World) -> None:
    world.business.says("incoming", '<Enqueue waitUrl="wait" action="turn">support</Enqueue>')
    world.business.says("wait", '<Gather input="dtmf" numDigits="1" timeout="9" action="menu"/>')
    world.business.says("menu", "<Say>Vă sunăm noi.</Say><Hangup/>")
    assert (await call(world))["state"] == "waiting in queue"

    await world.post(f"voice/{CARMEN}/keys", {"keys": "2"})

    assert [form["Digits"] for step, form in world.business.voice if step == "menu"] == ["2"]
    assert (await heard(world), (await until(world, "ended"))["state"]) == (
        ["Vă sunăm noi."],
        "ended",
    )


async def test_an_app_that_waits_for_an_agents_words_is_asked_again_by_itself(world: World) -> None:
    poll = '<Gather input="speech" timeout="2" action="turn" actionOnEmptyResult="true"/>'
    world.business.says("incoming", poll)
    world.business.says("turn", poll, poll, f"<Say>Bună ziua, sunt Radu.</Say>{LISTEN}")

    await call(world)
    while not await heard(world):
        await world.api.get(f"/simulator/voice/{CARMEN}/transcript", params={"wait": 1})

    assert await heard(world) == ["Bună ziua, sunt Radu."]


async def test_a_script_is_kept_until_a_slow_answer_is_complete(world: World) -> None:
    bridge = '<Gather timeout="1" action="menu"><Say>Un moment.</Say></Gather>'
    world.business.says("incoming", LISTEN)
    world.business.says("turn", f"{bridge}<Redirect>later</Redirect>")
    world.business.says("later", f"<Say>Aveți de plată 120 de lei.</Say>{LISTEN}")
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/say", {"text": "cât am de plată"})

    assert answer.json()["state"] == "listening"
    assert await heard(world) == ["Un moment.", "Aveți de plată 120 de lei."]


async def test_words_repeated_later_in_the_queue_are_heard_again(world: World) -> None:
    world.business.says("incoming", '<Enqueue waitUrl="wait" action="turn">support</Enqueue>')
    place, quiet = "<Say>Sunteți primul.</Say>", ""
    rounds = [place, place, quiet, place, quiet]
    world.business.says("wait", *[one + "<Redirect>wait</Redirect>" for one in rounds], "<Leave/>")
    world.business.says("turn", LISTEN)

    await call(world)
    await until(world, "listening")

    assert await heard(world) == ["Sunteți primul.", "Sunteți primul."]


async def test_a_connected_call_goes_on_when_the_other_party_hangs_up(world: World) -> None:
    world.business.says("incoming", '<Dial action="turn">+40211234567</Dial>')
    world.business.says("turn", "<Hangup/>")

    assert (await call(world))["state"] == "connected"
    refused = await world.post(f"voice/{CARMEN}/say", {"text": "alo"})
    ended = await world.post(f"voice/{CARMEN}/hangup", {"by": "other"})

    assert refused.status_code == 409
    assert ended.json()["state"] == "ended"
    assert world.business.voice[1][1]["DialCallStatus"] == "completed"


async def test_a_caller_who_hangs_up_is_reported(world: World) -> None:
    world.business.says("incoming", LISTEN)
    await call(world)

    answer = await world.post(f"voice/{CARMEN}/hangup")

    assert (answer.json()["status"], answer.json()["state"]) == (204, "ended")
    assert len(world.business.ends) == 1
    assert (await world.post(f"voice/{CARMEN}/say", {"text": "alo"})).status_code == 409
    assert (await world.post(f"voice/{CARMEN}/hangup")).status_code == 409


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("<Dance/>", "12200"),
        ("<Redirect>incoming</Redirect>", "11205"),  # in a circle
    ],
)
async def test_twiml_that_cannot_be_followed_ends_the_call_with_the_reason(
    world: World, document: str, complaint: str
) -> None:
    world.business.says("incoming", document)

    await call(world)
    await until(world, "ended")

    error = next(one for one in await world.shown(f"voice/{CARMEN}") if one.get("event") == "error")
    assert error["detail"].startswith(complaint)


async def test_an_app_that_fails_ends_the_call_with_its_status(world: World) -> None:
    world.business.says("incoming", LISTEN)
    world.business.status = 500

    answer = await call(world)

    assert (answer["status"], answer["state"]) == (500, "ended")


async def test_a_phone_has_one_call_at_a_time(world: World) -> None:
    world.business.says("incoming", LISTEN)
    await call(world)

    assert (await world.post(f"voice/{CARMEN}/call")).status_code == 409
    await world.post(f"voice/{CARMEN}/hangup")
    assert (await call(world))["state"] == "listening"


async def test_speech_is_not_heard_where_keys_are_asked_for(world: World) -> None:
    world.business.says("incoming", "<Gather/>")
    await call(world)

    refused = await world.post(f"voice/{CARMEN}/say", {"text": "patru"})

    assert refused.status_code == 409
    assert "keys" in refused.json()["detail"]


async def test_a_reset_ends_calls_without_a_word(world: World) -> None:
    world.business.says("incoming", LISTEN)
    await call(world)

    await world.post("reset")

    assert world.business.ends == []
    assert (await world.post(f"voice/{CARMEN}/say", {"text": "alo"})).status_code == 409
    assert await world.shown(f"voice/{CARMEN}") == []


async def test_the_app_can_redirect_and_end_a_call_over_the_rest_api(world: World) -> None:
    world.business.says("incoming", LISTEN)
    world.business.says("turn", f"<Say>Vă fac legătura.</Say>{LISTEN}")
    sid = (await call(world))["call"]
    client = Client(ACCOUNT, AUTH)
    client.api.base_url = f"{world.business.url}/simulator/twilio-api"

    await asyncio.to_thread(
        client.calls(sid).update, url=f"{world.business.url}/webhooks/voice/turn"
    )
    while not await heard(world):
        await world.api.get(f"/simulator/voice/{CARMEN}/transcript", params={"wait": 1})
    assert (await asyncio.to_thread(client.calls(sid).fetch)).status == "in-progress"
    ended = await asyncio.to_thread(client.calls(sid).update, status="completed")

    assert await heard(world) == ["Vă fac legătura."]
    assert ended.status == "completed"
    with pytest.raises(TwilioRestException) as refused:
        await asyncio.to_thread(client.calls(sid).update, status="completed")
    assert refused.value.code == 21220


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("say", {"text": "alo"}, 409),  # never called
        ("say", {}, 422),
        ("keys", {"keys": "12a"}, 422),
        ("keys", {"keys": ""}, 422),
    ],
)
async def test_a_senseless_wish_is_refused_with_a_sentence(
    world: World, path: str, body: dict[str, object], status: int
) -> None:
    answer = await world.post(f"voice/{CARMEN}/{path}", body)

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
