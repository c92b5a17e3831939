"""How does an agent deal with a message that did not arrive?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from billing_backend.db import transaction
from handoff.desk import undelivered
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Done
from handoff.desk.texts import text


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

    return router
