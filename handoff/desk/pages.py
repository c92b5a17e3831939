"""Which pages does the desk have, and how are they kept safe?"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from billing_backend.headers import SAFE
from handoff.desk import texts
from handoff.desk.api.guard import Caller, caller_of_page
from handoff.desk.cases import OUTCOMES
from handoff.desk.services import DeskServices
from handoff.desk.signing_in import csrf_of

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_STATIC_NAME = re.compile(r"[a-z-]+\.(css|js|svg)")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# Customers' words are on these pages: nothing inline runs, nothing comes from elsewhere.
_HEADERS = {
    **SAFE,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
# Families of texts.yml that the script puts into words.
_FOR_SCRIPT = (
    "desk", "sign_in", "queue", "undelivered", "case", "speaker", "delivery", "kind", "sent",
    "panel", "hand_back",
    "outcome", "language", "channel", "problem", "grant_reason", "dispute_reason",
)  # fmt: skip
_FOR_REVIEWS = ("desk", "reviews", "speaker", "kind", "language", "channel", "problem")


def make_desk_pages(desk: DeskServices) -> APIRouter:
    """The console at /desk, messages to learn from, the sign-in page and their static files."""
    router = APIRouter(include_in_schema=False)
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )

    @router.get("/desk")
    async def console(request: Request) -> Response:
        caller = await caller_of_page(desk, request)
        if caller is None:
            return RedirectResponse("/desk/sign-in", status_code=303, headers=_HEADERS)
        return _for_agent(caller, "console.html", _FOR_SCRIPT, outcomes=OUTCOMES)

    @router.get("/desk/reviews")
    async def reviews(request: Request) -> Response:
        caller = await caller_of_page(desk, request)
        if caller is None:
            return RedirectResponse("/desk/sign-in", status_code=303, headers=_HEADERS)
        return _for_agent(caller, "reviews.html", _FOR_REVIEWS)

    @router.get("/desk/sign-in")
    async def sign_in(request: Request, lang: str = "") -> Response:
        if await caller_of_page(desk, request) is not None:
            return RedirectResponse("/desk", status_code=303, headers=_HEADERS)
        language = (
            lang
            if lang in texts.LANGUAGES
            else texts.preferred(request.headers.get("accept-language"))
        )
        return _page("sign_in.html", language, demo_agents=desk.demo_agents)

    @router.get("/desk/static/{name}")
    async def static(name: str) -> Response:
        file = _STATIC / name
        if not _STATIC_NAME.fullmatch(name) or not file.is_file():
            return Response(status_code=404)
        headers = _HEADERS | {"Cache-Control": "no-cache"}
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=headers)

    def _for_agent(
        caller: Caller, template: str, families: Sequence[str], **values: Any
    ) -> HTMLResponse:
        language = caller.agent.language
        return _page(
            template,
            language,
            agent=caller.agent,
            csrf=csrf_of(caller.token),
            script_texts={name: texts.family(name, language) for name in families},
            **values,
        )

    def _page(template: str, language: str, **values: Any) -> HTMLResponse:
        def t(name: str, **filled: object) -> str:
            return texts.text(name, language, **filled)

        html = environment.get_template(template).render(
            t=t, language=language, other="ro" if language == "en" else "en", **values
        )
        return HTMLResponse(html, headers=_HEADERS)

    return router
