"""How does a program get an invoice or credit note as a PDF or as an e-invoice?"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import documents
from billing_backend.api.sources import Sources
from billing_backend.contract import DocumentFile, DocumentRefused
from billing_backend.db import transaction
from billing_backend.documents import Sellers
from billing_backend.errors import NoDocument

_Make = Callable[..., Awaitable[DocumentFile | DocumentRefused]]


def add_document_routes(router: APIRouter, sources: Sources, sellers: Sellers) -> None:
    for kind, name in (("invoices", "invoice"), ("credit-notes", "credit note")):
        _add(router, sources, sellers, kind, name)


def _add(router: APIRouter, sources: Sources, sellers: Sellers, kind: str, name: str) -> None:
    @router.get(
        f"/{kind}/{{number}}/document.pdf",
        summary=f"The {name} as a PDF",
        response_class=Response,
        responses=_shown("application/pdf"),
    )
    async def pdf(number: str) -> Response:
        """In the customer's language, with what was paid until now. 409 says why there is none."""
        return await _answer(sources, number, sellers, documents.pdf_by_number)

    @router.get(
        f"/{kind}/{{number}}/document.xml",
        summary=f"The {name} as an e-invoice (CIUS-RO 1.0.1)",
        response_class=Response,
        responses=_shown("application/xml"),
    )
    async def xml(number: str) -> Response:
        """UBL 2.1, as it was issued. 409 says why there is none."""
        return await _answer(sources, number, sellers, documents.einvoice_by_number)


async def _answer(sources: Sources, number: str, sellers: Sellers, make: _Make) -> Response:
    async with transaction(sources.sessions) as session:
        file = await _made(session, number, sellers, make)
    return Response(
        file.content,
        media_type=file.mime,
        headers={"Content-Disposition": f'attachment; filename="{file.filename}"'},
    )


async def _made(session: AsyncSession, number: str, sellers: Sellers, make: _Make) -> DocumentFile:
    file = await make(session, number, sellers=sellers)
    if isinstance(file, DocumentRefused):
        raise NoDocument(number, file.reason)
    return file


def _shown(mime: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {mime: {}}, "description": "The file"}}
