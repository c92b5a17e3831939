"""How does an agent deal with a message that did not arrive, or open a picture that came in?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from billing_backend.db import transaction
from handoff.desk import media, undelivered
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Done
from handoff.desk.texts import text

# What a browser shows by itself without running anything of it; the rest is saved.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def make_messages_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.post(
        "/undelivered/{message_id}/attend", summary="Somebody has dealt with it: off the list"
    )
    async def attend(message_id: UUID, caller: Signed) -> Done:
        async with transaction(desk.sessions) as session:
            try:
                await undelivered.attend(session, caller.agent, message_id, now=desk.clock.now())
            except undelivered.UnknownMessage:
                raise Problem("unknown_message") from None
        return Done(text=text("done.attended", caller.agent.language))

    @router.get(
        "/cases/{case_id}/media/{message_id}/{place}",
        summary="A picture or file that the customer sent",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}, "description": "The file"}},
    )
    async def open_media(
        case_id: UUID, message_id: UUID, place: Annotated[int, Path(ge=0, le=9)], caller: Signed
    ) -> Response:
        """Fetched from the provider now and kept nowhere; who opened it is noted."""
        async with transaction(desk.sessions) as session:
            found = await media.find(
                session, caller.agent, case_id, message_id, place, now=desk.clock.now()
            )
        # No transaction is held while the provider is asked.
        file = None if found is None else await desk.open_media(*found)
        if file is None:
            raise Problem("no_media")
        shown = file.mime in _SHOWN
        return Response(
            file.content,
            media_type=file.mime if shown else "application/octet-stream",
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": "inline" if shown else "attachment",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    return router
