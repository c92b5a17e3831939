"""Does a provider's call to the app prove who makes it, and say plainly when it fails?"""

from __future__ import annotations

import httpx
import pytest
from twilio.request_validator import RequestValidator

from bot.channels.simulator.problem import Refused
from bot.channels.simulator.webhooks import telegram_call, twilio_call


async def test_a_get_request_is_signed_with_its_values_in_the_address() -> None:
    call = twilio_call("http://app/voice/wait?step=2", "secret", {"CallSid": "CA1"}, "GET")

    assert call.url == "http://app/voice/wait?step=2&CallSid=CA1"
    signature = call.headers["X-Twilio-Signature"]
    assert RequestValidator("secret").validate(call.url, {}, signature)


async def test_the_same_call_can_be_made_again_unchanged() -> None:
    seen: list[tuple[bytes, str]] = []

    def app(request: httpx.Request) -> httpx.Response:
        seen.append((request.content, request.headers["I-Twilio-Idempotency-Token"]))
        return httpx.Response(200)

    call = twilio_call("http://app/sms", "secret", {"Body": "bună", "From": "+40700000001"})
    async with httpx.AsyncClient(transport=httpx.MockTransport(app)) as http:
        await call.make(http)
        await call.make(http)

    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (httpx.ConnectError("refused"), "cannot be reached"),
        (httpx.ReadTimeout("slow"), "did not answer within 60 s"),
    ],
)
async def test_an_app_that_is_down_is_said_in_a_sentence(failure: Exception, sentence: str) -> None:
    def app(request: httpx.Request) -> httpx.Response:
        raise failure

    async with httpx.AsyncClient(transport=httpx.MockTransport(app)) as http:
        with pytest.raises(Refused, match=sentence) as refused:
            await telegram_call("http://app/hook", "secret", {"update_id": 1}).make(http)
    assert refused.value.status == 502
