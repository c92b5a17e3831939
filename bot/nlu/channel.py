"""How does one message of the app become replies? The only door of Rasa that the app uses.

POST /webhooks/limpede/webhook, header X-Limpede-Key. 200 carries the replies in the order they
were said, and what was understood: the likeliest intents, first the one that was acted on. Every
failure, the tracker store's included, is 503, and then nothing of the turn was saved. What the
customer wrote is never logged here.
"""

import asyncio
import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.nlu import speed, strict

logger = logging.getLogger(__name__)

# Rasa imports its channels before it loads the agent, so this is the place where the changes
# to its behaviour are made.
strict.apply()
speed.apply()

Parse = Callable[[UserMessage], Awaitable[dict[str, Any]]]
Handle = Callable[[UserMessage], Awaitable[Any]]


class LimpedeChannel(InputChannel):
    """The input channel, named in var/credentials.yml with the key that the app presents."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._turns: dict[str, asyncio.Task[HTTPResponse]] = {}

    @classmethod
    def name(cls) -> str:
        """The word in the address: /webhooks/limpede/webhook."""
        return "limpede"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "LimpedeChannel":
        """Refuses to serve without a key."""
        key = (credentials or {}).get("key")
        if not key:
            cls.raise_missing_credentials_exception()
        return cls(str(key))

    def blueprint(self, on_new_message: Handle) -> Blueprint:
        """The routes, for Rasa's own server."""
        blueprint = Blueprint("limpede")

        @blueprint.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            presented = request.headers.get("X-Limpede-Key", "").encode()
            if not hmac.compare_digest(presented, self._key):
                return _refusal(403, "wrong key")
            message = _message_of(request)
            if message is None:
                return _refusal(400, "sender, message and metadata.message_id are needed")
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return _refusal(503, "no model is loaded")
            # The server cancels this coroutine when the app hangs up. The turn itself goes on:
            # half of it would be an action done that the tracker does not know of.
            parse = agent.processor.parse_message
            return await asyncio.shield(self._turn_of(message, parse, on_new_message))

        return blueprint

    def _turn_of(
        self, message: UserMessage, parse: Parse, handle: Handle
    ) -> "asyncio.Task[HTTPResponse]":
        """The running turn of this message; one sent again meanwhile shares its answer."""
        turn = self._turns.get(message.message_id)
        if turn is None:
            turn = asyncio.ensure_future(_answer(message, parse, handle))
            self._turns[message.message_id] = turn
            turn.add_done_callback(lambda _: self._turns.pop(message.message_id))
        return turn


class Replies(OutputChannel):
    """Keeps what the bot says in a turn: one reply for each thing said, nothing split."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "limpede"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        reply = {part: message[part] for part in ("text", "buttons", "custom") if message.get(part)}
        if reply:
            self.said.append(reply)


def _message_of(request: Request) -> UserMessage | None:
    """The request as Rasa's message, or None when it is not of the agreed shape."""
    try:
        body = request.json
    except InvalidUsage:
        return None
    if not isinstance(body, dict):
        return None
    sender, text, metadata = body.get("sender"), body.get("message"), body.get("metadata")
    message_id = metadata.get("message_id") if isinstance(metadata, dict) else None
    if not all(isinstance(each, str) and each.strip() for each in (sender, text, message_id)):
        return None
    return UserMessage(
        text,
        Replies(),
        sender,
        input_channel=body.get("input_channel"),
        message_id=message_id,
        metadata=metadata,
    )


async def _answer(message: UserMessage, parse: Parse, handle: Handle) -> HTTPResponse:
    try:
        # Parsed here, because Rasa keeps what it understood to itself; it does not parse again.
        message.parse_data = await parse(message)
        await handle(message)
    except (Exception, strict.TurnFailed) as error:  # noqa: BLE001 - the top of the turn
        logger.error("turn failed, message_id=%s: %s", message.message_id, _where(error))
        return _refusal(503, "the turn failed")
    understood = message.parse_data.get("intent_ranking", [])
    return response.json({"replies": message.output_channel.said, "understood": understood})


def _where(error: BaseException) -> str:
    """Kinds and places of an error and its causes, without their texts: those quote people."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)[-2:]
        places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
        chain.append(f"{type(cause).__name__} at {places}")
        cause = cause.__cause__ or cause.__context__
    return "; because of ".join(chain)


def _refusal(status: int, reason: str) -> HTTPResponse:
    return response.json({"error": reason}, status=status)
