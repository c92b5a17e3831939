"""Is this call really Twilio's, and what does it say?"""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from bot.channels.bodies import read_body
from bot.channels.message import Channel
from bot.channels.metrics import REFUSED

_MOST_FIELDS = 200  # Twilio sends about 40

Form = dict[str, str]
ReadForm = Callable[[Request], Awaitable[Form | Response]]


def form_reader(channel: Channel, auth_token: str, public_url: str) -> ReadForm:
    """A function that gives a request's form when its signature is right, and else the refusal
    to answer with: 403, or 413 for a huge body. Refusals are counted.

    Twilio signs the address that it called, so `public_url` must be the one configured there;
    what a proxy made of it does not matter.
    """
    validator = RequestValidator(auth_token)
    base = public_url.rstrip("/")

    async def read(request: Request) -> Form | Response:
        body = await read_body(request)
        if body is None:
            return _refuse(channel, "too_large", 413)
        fields = _fields(body)
        signature = request.headers.get("X-Twilio-Signature", "")
        if fields is None or not validator.validate(base + _target(request), fields, signature):
            return _refuse(channel, "bad_signature", 403)
        return dict(fields)

    return read


def twiml(document: str, status: int = 200) -> Response:
    """An answer in Twilio's language."""
    return Response(document, status, media_type="application/xml")


def _fields(body: bytes) -> ImmutableMultiDict[str, str] | None:
    """Every field, the empty ones too: they are signed."""
    text = body.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    return ImmutableMultiDict(pairs)


def _target(request: Request) -> str:
    query = request.scope.get("query_string", b"").decode("latin-1")
    return request.url.path + (f"?{query}" if query else "")


def _refuse(channel: Channel, reason: str, status: int) -> Response:
    REFUSED.labels(channel, reason).inc()
    return Response(status_code=status)
