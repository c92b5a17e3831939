"""How does an agent open what a customer sent: a photo, a voice note, a document?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from billing_backend.db import transaction
from billing_backend.headers import SAFE
from handoff.desk import files
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.services import DeskServices

# A stranger made this file: it may be looked at, and nothing in it may act.
_HEADERS = {
    **SAFE,
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def make_files_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.get(
        "/cases/{case_id}/files/{message_id}/{place}",
        summary="A file that the customer sent",
        response_class=Response,
        responses={200: {"content": {"*/*": {}}, "description": "The file"}},
    )
    async def file(
        case_id: UUID, message_id: UUID, place: Annotated[int, Path(ge=0, le=9)], caller: Signed
    ) -> Response:
        """Fetched from the provider now, and kept nowhere; who opened it is noted. Pictures, sound
        and films can be shown; everything else is for saving."""
        async with transaction(desk.sessions) as session:
            kept = await files.open_file(
                session, caller.agent, case_id, message_id, place, now=desk.clock.now()
            )
        if kept is None or kept.channel not in desk.files:
            raise Problem("file_gone")
        if (kept.size or 0) > files.MOST:
            raise Problem("file_too_large", most=files.MOST // 2**20)
        # No transaction is held while the provider is asked.
        content = await desk.files[kept.channel].fetch(kept.reference, at_most=files.MOST)
        if content is None:
            raise Problem("file_gone")
        headers = {**_HEADERS, "Content-Disposition": kept.disposition}
        return Response(content, media_type=kept.shown_as, headers=headers)

    return router
