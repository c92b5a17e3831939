"""What does Twilio's REST API answer, when the simulator plays it?

Messages (send, read) and calls (make, read, change while under way), with Twilio's own checks and
error codes (https://www.twilio.com/docs/api/errors).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.simulator.faults import Fault, FaultKind, Faults
from bot.channels.simulator.sms_phone import Message, SmsPhones
from bot.channels.simulator.voice_phone import VoicePhones
from bot.channels.sms.segments import segments

BODY_LIMIT = 1_600
E164 = re.compile(r"\+[1-9]\d{6,14}")
Form = Mapping[str, str]


class TwilioError(Exception):
    """Twilio refuses, with its own code."""

    def __init__(
        self, status: int, code: int, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status
        self.code = code
        self.message = message


class TwilioApi:
    """The REST API of one account; messages appear on the SMS phones."""

    def __init__(self, phones: SmsPhones, calls: VoicePhones, faults: Faults) -> None:
        self._phones = phones
        self._calls = calls
        self._faults = faults

    async def send_message(self, form: Form, request: Request) -> Response:
        to, body, sender = _checked(form, self._phones.line.number)
        fault = self._faults.take("sms", to)
        _fail(fault)
        if self._phones.opted_out(to) or (fault and fault.kind is FaultKind.BLOCKED):
            raise TwilioError(400, 21610, "Attempt to send to unsubscribed recipient")
        late = fault is not None and fault.kind is FaultKind.TIMEOUT
        if late and fault and not fault.taken:
            await self._faults.hold(request, fault.seconds)
            raise TwilioError(500, 20500, "Internal Server Error")
        message = self._phones.receive(
            to,
            body,
            sender=sender,
            callback=form.get("StatusCallback"),
            failing=fault.error_code
            if fault is not None and fault.kind is FaultKind.UNDELIVERED
            else None,
        )
        if late and fault:
            await self._faults.hold(request, fault.seconds)
        return JSONResponse(self._resource(message), status_code=201)

    async def make_call(self, form: Form) -> Response:
        """A phone rings; what is heard there is fetched from Url once it is taken up."""
        to, sender = form.get("To", ""), form.get("From", "")
        if not E164.fullmatch(to):
            raise TwilioError(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if sender != self._calls.number:
            raise TwilioError(400, 21210, f"'From' phone number not verified: {sender}")
        if not form.get("Url", "").startswith(("http://", "https://")):
            raise TwilioError(400, 21205, "Url is not a valid URL.")
        call = self._calls.call_out(
            to,
            url=form["Url"],
            status_url=form.get("StatusCallback", ""),
            seconds=float(form.get("Timeout", "60")),
            detects_machines=form.get("MachineDetection") in ("Enable", "DetectMessageEnd"),
        )
        return JSONResponse(self._calls.resource(call.sid), status_code=201)

    def message(self, sid: str) -> Response:
        message = self._phones.find(sid)
        if message is None:
            raise _missing(f"Messages/{sid}.json")
        return JSONResponse(self._resource(message))

    def call(self, sid: str) -> Response:
        found = self._calls.resource(sid)
        if found is None:
            raise _missing(f"Calls/{sid}.json")
        return JSONResponse(found)

    async def change_call(self, sid: str, form: Form) -> Response:
        """Status=completed ends the call; Url or Twiml says what the caller hears from now on."""
        if self._calls.resource(sid) is None:
            raise _missing(f"Calls/{sid}.json")
        if not self._calls.is_live(sid):
            raise TwilioError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.get("Status") in ("completed", "canceled"):
            await self._calls.complete(sid)
        elif form.get("Url") or form.get("Twiml"):
            self._calls.redirect(
                sid, form.get("Url"), form.get("Twiml"), form.get("Method", "POST")
            )
        return self.call(sid)

    def _resource(self, message: Message) -> dict[str, Any]:
        account = self._phones.line.account_sid
        done = message.status not in ("queued", "sending")
        return {
            "sid": message.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": message.body,
            "num_segments": str(segments(message.body)),
            "num_media": "0",
            "direction": "outbound-api",
            "from": message.sender,
            "to": message.to,
            "status": message.status,
            "error_code": message.error_code,
            "error_message": None,
            "date_created": _rfc2822(message.created),
            "date_updated": _rfc2822(message.created),
            "date_sent": _rfc2822(message.created) if done else None,
            "messaging_service_sid": None,
            "price": None,
            "price_unit": "USD",
            "subresource_uris": {},
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{message.sid}.json",
        }


def make_twilio_api(api: TwilioApi, account_sid: str, auth_token: str) -> APIRouter:
    """The REST API's routes; the base address for clients is the prefix."""
    router = APIRouter(prefix="/simulator/twilio-api", include_in_schema=False)
    base = "/2010-04-01/Accounts/{account}"

    def guard(account: str, request: Request) -> None:
        if not authorised(request, account_sid, auth_token) or account != account_sid:
            raise TwilioError(401, 20003, "Authenticate")

    @router.post(base + "/Messages.json")
    async def create_message(account: str, request: Request) -> Response:
        try:
            guard(account, request)
            return await api.send_message(await _form(request), request)
        except TwilioError as error:
            return refusal(error)

    @router.post(base + "/Calls.json")
    async def create_call(account: str, request: Request) -> Response:
        try:
            guard(account, request)
            return await api.make_call(await _form(request))
        except TwilioError as error:
            return refusal(error)

    @router.post(base + "/Calls/{sid}.json")
    async def change_call(account: str, sid: str, request: Request) -> Response:
        try:
            guard(account, request)
            return await api.change_call(sid, await _form(request))
        except TwilioError as error:
            return refusal(error)

    def reading(read: Callable[[str], Response]) -> Callable[[str, str, Request], Response]:
        def route(account: str, sid: str, request: Request) -> Response:
            try:
                guard(account, request)
                return read(sid)
            except TwilioError as error:
                return refusal(error)

        return route

    router.add_api_route(base + "/Messages/{sid}.json", reading(api.message), methods=["GET"])
    router.add_api_route(base + "/Calls/{sid}.json", reading(api.call), methods=["GET"])
    return router


def authorised(request: Request, account_sid: str, auth_token: str) -> bool:
    """Whether the account's own credentials came along."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given, validate=True)
    except binascii.Error:
        return False
    expected = f"{account_sid}:{auth_token}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(pair, expected)


async def _form(request: Request) -> Form:
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _checked(form: Form, number: str) -> tuple[str, str, str]:
    """(to, body, from) of a message that Twilio would take."""
    to, body, sender = form.get("To", ""), form.get("Body", ""), form.get("From", "")
    if not to:
        raise TwilioError(400, 21604, "A 'To' phone number is required.")
    if not E164.fullmatch(to):
        raise TwilioError(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not sender and not form.get("MessagingServiceSid"):
        raise TwilioError(400, 21603, "A 'From' phone number is required.")
    if sender and sender != number:
        raise TwilioError(
            400, 21606, f"The 'From' phone number {sender} is not a valid phone number."
        )
    if not body.strip():
        raise TwilioError(400, 21602, "Message body is required.")
    if len(body) > BODY_LIMIT:
        raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 limit.")
    return to, body, sender or number


def _fail(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind is FaultKind.RATE_LIMITED:
        raise TwilioError(429, 20429, "Too Many Requests", retry_after=fault.retry_after)
    if fault.kind is FaultKind.SERVER_ERROR:
        raise TwilioError(500, 20500, "Internal Server Error")


def _missing(path: str) -> TwilioError:
    return TwilioError(404, 20404, f"The requested resource /{path} was not found")


def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment)


def refusal(error: TwilioError) -> JSONResponse:
    """An error as Twilio answers it."""
    return JSONResponse(
        {
            "code": error.code,
            "message": error.message,
            "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
            "status": error.status,
        },
        status_code=error.status,
        headers={} if error.retry_after is None else {"Retry-After": str(error.retry_after)},
    )
