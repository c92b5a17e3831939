"""What does Twilio's REST API tell of an account: its numbers, a messaging service, a picture?"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.simulator.sms_phone import SmsPhones
from bot.channels.simulator.twilio_api import TwilioError, authorised, refusal

# One grey point: what every picture shows that a simulated phone sends.
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


class TwilioAccount:
    """One account with the business's numbers: that of the `phones` is texted, `voice_number` is
    called. `service` is the SID of its messaging service, if there is one."""

    def __init__(self, phones: SmsPhones, voice_number: str, service: str | None) -> None:
        self._phones = phones
        self._voice_number = voice_number
        self._service = service

    def account(self) -> dict[str, Any]:
        return {
            "sid": self._phones.line.account_sid,
            "friendly_name": "Limpede",
            "status": "active",
            "type": "Full",
        }

    def numbers(self, wanted: str) -> dict[str, Any]:
        """A page of the numbers; of the one `wanted`, if any is."""
        ours = dict.fromkeys((self._phones.line.number, self._voice_number))
        found = [self._number(one) for one in ours if wanted in ("", one)]
        return {"incoming_phone_numbers": found, "page": 0, "next_page_uri": None}

    def service(self, sid: str) -> dict[str, Any]:
        self._known(sid)
        return {
            "sid": sid,
            "account_sid": self._phones.line.account_sid,
            "friendly_name": "Limpede",
            "inbound_request_url": self._phones.line.webhook,
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": False,
        }

    def pool(self, sid: str) -> dict[str, Any]:
        self._known(sid)
        number = {"sid": "PN" + "0" * 32, "phone_number": self._phones.line.number}
        return {"phone_numbers": [number], "meta": {"key": "phone_numbers", "next_page_url": None}}

    def _number(self, number: str) -> dict[str, Any]:
        texts = number == self._phones.line.number
        return {
            "phone_number": number,
            "capabilities": {"voice": number == self._voice_number, "sms": texts, "mms": texts},
            "sms_url": self._phones.line.webhook if texts else "",
            "sms_method": "POST",
        }

    def _known(self, sid: str) -> None:
        if sid != self._service:
            raise TwilioError(404, 20404, f"The requested resource /Services/{sid} was not found")


def make_twilio_account(account: TwilioAccount, sid: str, auth_token: str) -> APIRouter:
    """The routes, beside those of twilio_api.py."""
    router = APIRouter(prefix="/simulator/twilio-api", include_in_schema=False)
    own = f"/2010-04-01/Accounts/{sid}"

    def told(request: Request, answer: Callable[[], dict[str, Any]]) -> Response:
        try:
            if not authorised(request, sid, auth_token):
                raise TwilioError(401, 20003, "Authenticate")
            return JSONResponse(answer())
        except TwilioError as error:
            return refusal(error)

    @router.get("/2010-04-01/Accounts/{asked}.json")
    async def read_account(asked: str, request: Request) -> Response:
        return told(request, account.account)

    @router.get(own + "/IncomingPhoneNumbers.json")
    async def read_numbers(request: Request) -> Response:
        wanted = request.query_params.get("PhoneNumber", "")
        return told(request, lambda: account.numbers(wanted))

    @router.get("/v1/Services/{service}")
    async def read_service(service: str, request: Request) -> Response:
        return told(request, lambda: account.service(service))

    @router.get("/v1/Services/{service}/PhoneNumbers")
    async def read_pool(service: str, request: Request) -> Response:
        return told(request, lambda: account.pool(service))

    @router.get(own + "/Messages/{message}/Media/{media}")
    async def read_media(message: str, media: str, request: Request) -> Response:
        if not authorised(request, sid, auth_token):
            return refusal(TwilioError(401, 20003, "Authenticate"))
        return Response(_PICTURE, media_type="image/png")

    return router
