"""Is the app alive, and is it ready for customers? What does it count?"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from billing_backend.db import Sessions
from bot.dialogue import Dialogue


class Ready(BaseModel):
    """What must be there before a customer can be answered."""

    database: bool
    dialogue: bool
    workers: bool


def make_router(
    sessions: Sessions, dialogue: Dialogue, working: Callable[[], bool], token: str
) -> APIRouter:
    """`working` says whether the background jobs of this process all run; `token` is what a
    monitor shows to read the counters: how busy a company is is nobody else's business."""
    router = APIRouter(tags=["health"])

    async def state() -> Ready:
        return Ready(
            database=await _answers(sessions), dialogue=await dialogue.ready(), workers=working()
        )

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @router.get("/health/ready", responses={503: {"description": "Something is missing"}})
    @router.get("/health")
    async def ready(response: Response) -> Ready:
        """The database, Rasa and the workers are all there; 503 otherwise."""
        found = await state()
        if not all(found.model_dump().values()):
            response.status_code = 503
        return found

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _answers(sessions: Sessions) -> bool:
    try:
        async with sessions() as session:
            await session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
