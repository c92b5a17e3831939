"""What is handed in of an SMS, and of its receipts?"""

from fastapi import APIRouter, Request, Response

from bot.channels.message import Channel, Door
from bot.channels.metrics import RECEIVED, REFUSED
from bot.channels.sms.payloads import parse, parse_status
from bot.channels.twilio_requests import form_reader, twiml

PATH = "/webhooks/sms"
STATUS_PATH = "/webhooks/sms/status"

# The answer itself goes out later through the outbox.
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def make_router(*, door: Door, auth_token: str, public_url: str) -> APIRouter:
    """POST /webhooks/sms for messages and POST /webhooks/sms/status for receipts.

    403 without a right signature, 413 for a huge body, 200 for everything else, also what is not
    ours to answer. `public_url` is the app's address as Twilio calls it, without the path.
    """
    router = APIRouter()
    read_form = form_reader(Channel.SMS, auth_token, public_url)

    @router.post(PATH)
    async def sms(request: Request) -> Response:
        form = await read_form(request)
        if isinstance(form, Response):
            return form
        inbound = parse(form)
        if inbound is None:
            return _unhandled()
        await door.accept(inbound)
        RECEIVED.labels(Channel.SMS, inbound.kind).inc()
        return twiml(NOTHING_TO_SAY)

    @router.post(STATUS_PATH)
    async def sms_status(request: Request) -> Response:
        form = await read_form(request)
        if isinstance(form, Response):
            return form
        report = parse_status(form, request.query_params)
        if report is not None:
            await door.delivery_status(report)
        return twiml(NOTHING_TO_SAY)

    return router


def _unhandled() -> Response:
    REFUSED.labels(Channel.SMS, "unhandled").inc()
    return twiml(NOTHING_TO_SAY)
