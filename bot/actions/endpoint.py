"""How does Rasa reach the actions? POST /actions, for whoever holds the key.

Whoever can post here could forge a tracker, so the key is made at start and known to our own
Rasa only. The route answers errors only to callers that are not Rasa.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from rasa_sdk.executor import ActionExecutor

from bot.actions.guard import GuardedAction
from bot.actions.job import JobFunction, Services

# A Rasa session travels whole with every call: 150 kB for 40 turns, and a form makes it longer.
MAX_BODY_BYTES = 4 * 1024 * 1024


def make_router(services: Services, key: str, actions: Mapping[str, JobFunction]) -> APIRouter:
    """The route, with every action registered. `key` is what X-Limpede-Key must say."""
    executor = ActionExecutor()
    for name, do in actions.items():
        executor.register_function(name, GuardedAction(name, do, actions, services).run)
    router = APIRouter()

    @router.post("/actions", include_in_schema=False)
    async def run(request: Request) -> Response:
        presented = request.headers.get("X-Limpede-Key", "").encode()
        if not hmac.compare_digest(presented, key.encode()):
            return _refusal(403, "wrong key")
        body = await _body(request)
        if body is None:
            return _refusal(413, "too large")
        call = _call(body)
        if call is None or call["next_action"] not in executor.actions:
            return _refusal(400, "not a call of a known action")
        # Rasa sends its domain only to actions that ask for it; the executor wants one always.
        call.setdefault("domain", {})
        result = await executor.run(call)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return router


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is larger than any tracker of ours."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _call(body: bytes) -> dict[str, Any] | None:
    try:
        call = json.loads(body)
    except ValueError:
        return None
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
        return None
    return call if isinstance(call.get("next_action"), str) else None


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status_code=status)
