"""Where does the simulator's page come from?"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

from bot.channels.simulator.problem import ProblemRoute, Refused

FOLDER = Path(__file__).parent / "page"
FILES = {
    "simulator.js": "text/javascript",
    "simulator.css": "text/css",
    "checkout.css": "text/css",
    "icon.svg": "image/svg+xml",
}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}


def make_page_routes() -> APIRouter:
    router = APIRouter(prefix="/simulator", include_in_schema=False, route_class=ProblemRoute)

    @router.get("")
    async def page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", media_type="text/html", headers=HEADERS)

    @router.get("/page/{name}")
    async def asset(name: str) -> FileResponse:
        if name not in FILES:
            raise Refused("The page has no such file.", 404)
        return FileResponse(FOLDER / name, media_type=FILES[name], headers=HEADERS)

    return router
