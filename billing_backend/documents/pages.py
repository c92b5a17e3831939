"""What does somebody get who opens a link to a document?

The PDF, or one page in both languages that tells neither why the link is no good nor whether it
ever was. Nothing is listed, kept by a browser, found by a search engine or told to other sites.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from billing_backend.clock import Clock
from billing_backend.contract import Billing, DocumentFile
from billing_backend.db import Sessions, transaction
from billing_backend.documents import texts
from billing_backend.documents.links import PATH, Links
from billing_backend.errors import NotFound
from billing_backend.headers import SAFE

_HEADERS = {**SAFE, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def make_document_pages(
    sessions: Sessions, billing: Billing, links: Links, clock: Clock
) -> APIRouter:
    """GET /documents/{token} for everybody who has a link."""
    router = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(directory=Path(__file__).with_name("templates"))

    @router.api_route(f"{PATH}/{{token:path}}", methods=["GET", "HEAD"])
    async def open_document(request: Request, token: str) -> Response:
        file = await _file(token)
        if file is None:
            return _gone(request)
        return Response(file.content, media_type=file.mime, headers=_HEADERS | _named(file))

    async def _file(token: str) -> DocumentFile | None:
        invoice_id = links.read(token, now=clock.now())
        if invoice_id is None:
            return None
        try:
            async with transaction(sessions) as session:
                file = await billing.document(session, invoice_id)
        except NotFound:
            return None
        return file if isinstance(file, DocumentFile) else None

    def _gone(request: Request) -> Response:
        words = {
            language: {name: texts.text("gone", name, language) for name in ("title", "body")}
            for language in ("ro", "en")
        }
        return templates.TemplateResponse(
            request, "gone.html", words, status_code=HTTPStatus.NOT_FOUND, headers=_HEADERS
        )

    return router


def _named(file: DocumentFile) -> dict[str, str]:
    """Shown in the browser, saved under the invoice's number. The name is ASCII by itself."""
    return {"Content-Disposition": f'inline; filename="{file.filename}"'}
