"""What does somebody see who opens the app's address?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.staticfiles import StaticFiles

_PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A demo agent as the start page shows it; never used outside the demo."""

    name: str
    role: str
    email: str
    password: str


def make_router(
    *, company: str, simulator: bool, agents: Sequence[DemoSignIn], api_token: str | None
) -> APIRouter:
    """One page at `/`. `agents` and `api_token` are shown as they are: pass them in a demo only."""
    router = APIRouter()
    templates = Jinja2Templates(directory=_PAGES)
    router.mount("/start", StaticFiles(directory=_PAGES), name="start")

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def start(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(
            request,
            "start.html",
            {
                "company": company,
                "simulator": simulator,
                "agents": agents,
                "api_token": api_token,
            },
        )

    return router
