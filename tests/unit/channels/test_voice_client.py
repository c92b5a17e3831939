"""Are calls made and ended as Twilio wants it, and is a doubtful one not taken for a failed one?"""

from typing import Any
from uuid import UUID

import pytest

from bot.channels.message import DeliveryFailed
from bot.channels.twilio_api import make_client
from bot.channels.voice import Calls

ACCOUNT, TOKEN = "AC0123456789abcdef0123456789abcdef", "a7f3c5e1d2b4968700112233445566aa"
OURS, CARMEN = "+40312345679", "+40722100203"
VOICE = "https://bot.example/webhooks/voice"
ATTEMPT = UUID(int=7)


def calls(provider: Any) -> Calls:
    return Calls(make_client(ACCOUNT, TOKEN, provider.url, timeout=5), OURS, VOICE)


async def test_a_live_call_can_be_ended(provider: Any) -> None:
    provider.will_answer(200, {"sid": "CA77", "status": "completed"})
    await calls(provider).hang_up("CA77")
    (call,) = provider.calls
    assert call.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/CA77.json"
    assert call.form == {"Status": "completed"}


async def test_ending_a_call_again_after_silence_from_twilio_is_allowed(provider: Any) -> None:
    provider.will_hang_up()
    with pytest.raises(DeliveryFailed) as caught:
        await calls(provider).hang_up("CA77")
    assert (caught.value.uncertain, caught.value.permanent) == (False, False)


async def test_a_customer_is_called_with_a_look_for_machines(provider: Any) -> None:
    provider.will_answer(201, {"sid": "CA78", "status": "queued"})
    await calls(provider).call_back(CARMEN, ATTEMPT)
    (call,) = provider.calls
    assert call.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert call.form == {
        "To": CARMEN,
        "From": OURS,
        "Url": f"{VOICE}/callback?attempt={ATTEMPT}",
        "StatusCallback": f"{VOICE}/callback-status?attempt={ATTEMPT}",
        "StatusCallbackEvent": "completed",
        "MachineDetection": "DetectMessageEnd",
        "Timeout": "25",
    }


async def test_a_call_that_may_be_ringing_is_uncertain(provider: Any) -> None:
    provider.will_hang_up()
    with pytest.raises(DeliveryFailed) as caught:
        await calls(provider).call_back(CARMEN, ATTEMPT)
    assert caught.value.uncertain


async def test_a_number_that_cannot_be_called_is_refused_for_good(provider: Any) -> None:
    provider.will_answer(400, {"code": 21211, "message": "Invalid 'To' Phone Number"})
    with pytest.raises(DeliveryFailed) as caught:
        await calls(provider).call_back(CARMEN, ATTEMPT)
    assert (caught.value.reason, caught.value.permanent) == ("invalid_address", True)
