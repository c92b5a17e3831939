"""Which address of the phone line does what?"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from bot.channels.message import Channel, Door
from bot.channels.metrics import REFUSED
from bot.channels.numbers import HOME_LANGUAGE, language_of
from bot.channels.twilio_requests import form_reader, twiml
from bot.channels.voice.flow import PATIENCE, Line
from bot.channels.voice.outgoing import Outgoing, add_routes
from bot.channels.voice.payloads import CallRequest, parse
from bot.channels.voice.render import NOTHING, Hints, Speech, Style, Words, no_hints
from bot.channels.voice.steps import place_of
from bot.channels.voice.switchboard import Switchboard

PREFIX = "/webhooks/voice"

Answer = Callable[[CallRequest], Awaitable[str]]


def make_router(
    *,
    door: Door,
    switchboard: Switchboard,
    auth_token: str,
    public_url: str,
    words: Words,
    style: Style | None = None,
    hints: Hints = no_hints,
    patience: float = PATIENCE,
) -> APIRouter:
    """POST /webhooks/voice/incoming, /status and /fallback, to be set at the number; and those
    that our own documents name: /turn, /wait and /dialled, and for calls that we make, those of
    outgoing.py.

    `words(response name, language)` gives the few phrases that the line says itself (render.py
    and outgoing.py name them), `hints` the words that speech recognition should be ready for.
    `patience`: seconds that a request waits for words before it is bridged with a phrase.
    403 without a right signature, 413 for a huge body, else 200 with TwiML. A repeated request
    gets the document that it got before.
    """
    router = APIRouter(prefix=PREFIX)
    read_form = form_reader(Channel.VOICE, auth_token, public_url)
    speech = Speech(words, style or Style(), hints)
    base = public_url.rstrip("/") + PREFIX
    line = Line(door, switchboard, speech, base, patience)
    add_routes(router, Outgoing(switchboard, speech, base, line.over), read_form)

    async def answered(request: Request, answer: Answer) -> Response:
        form = await read_form(request)
        if isinstance(form, Response):
            return form
        call = parse(form)
        if call is None:
            REFUSED.labels(Channel.VOICE, "unhandled").inc()
            return twiml(NOTHING)
        return twiml(await (line.over(call) if call.is_over else answer(call)))

    @router.post("/incoming")
    async def incoming(request: Request) -> Response:
        return await answered(request, line.incoming)

    @router.post("/turn")
    async def turn(request: Request) -> Response:
        place = place_of(request.query_params)
        return await answered(request, lambda call: line.turn(call, place))

    @router.post("/wait")
    async def wait(request: Request) -> Response:
        place = place_of(request.query_params)
        return await answered(request, lambda call: line.wait(call, place))

    @router.post("/dialled")
    async def dialled(request: Request) -> Response:
        place = place_of(request.query_params)
        return await answered(request, lambda call: line.dialled(call, place))

    @router.post("/status")
    async def status(request: Request) -> Response:
        return await answered(request, _noted)

    @router.post("/fallback")
    async def fallback(request: Request) -> Response:
        """Twilio got no document from us (the database is away, say) and asks what else to do.
        Without this the caller would hear Twilio's own English."""

        async def apology(call: CallRequest) -> str:
            return speech.trouble(language_of(call.person) or HOME_LANGUAGE)

        return await answered(request, apology)

    return router


async def _noted(_: CallRequest) -> str:
    """A stage before the end (ringing, answered): nothing depends on it."""
    return NOTHING
