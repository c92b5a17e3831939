"""How does an agent open the customer's newest invoice?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from billing_backend.db import transaction
from billing_backend.headers import SAFE
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.documents import newest_invoice
from handoff.desk.services import DeskServices


def make_documents_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.get(
        "/cases/{case_id}/invoice.pdf",
        summary="The customer's newest invoice as a PDF",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}}, "description": "The file"}},
    )
    async def invoice(case_id: UUID, caller: Signed) -> Response:
        """As the customer gets it, in the customer's language."""
        async with transaction(desk.sessions) as session:
            file = await newest_invoice(session, desk.viewer(caller.agent), case_id)
        if file is None:
            raise Problem("no_document")
        headers = {
            **SAFE,
            "Cache-Control": "no-store",
            "Content-Disposition": f'inline; filename="{file.filename}"',
        }
        return Response(file.content, media_type=file.mime, headers=headers)

    return router
