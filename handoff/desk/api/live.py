"""How does an open console see at once what changed?"""

import time
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from billing_backend.db import transaction
from handoff.conversations import history
from handoff.conversations.bell import WAKE_DESK, Ear
from handoff.desk import repository, signing_in
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute
from handoff.desk.cases import UnknownCase
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Message
from handoff.desk.undelivered import all_lists
from handoff.desk.view import messages
from handoff.queue import Case
from handoff.queue import repository as queue

# Delivery states and waiting times change without a ring.
_LOOK_AGAIN_SECONDS = 2.0
_QUEUE_LOOK_AGAIN_SECONDS = 10.0
# Then the browser connects again by itself, and shows anew that it is signed in.
_STREAM_SECONDS = 900.0
_LATEST = 100


def make_live_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.get(
        "/events", summary="The lists, whenever they change", response_class=EventSourceResponse
    )
    async def queue_events(caller: Signed) -> AsyncIterator[ServerSentEvent]:
        """`queue`: the same as GET /queue. Whoever listens counts as being at the desk."""
        shown = None
        with desk.bell.ear(WAKE_DESK) as ear:
            async for _ in moments(ear, _QUEUE_LOOK_AGAIN_SECONDS):
                async with transaction(desk.sessions) as session:
                    agent = await signing_in.signed_in(session, caller.token)
                    if agent is None:
                        return
                    now_seen = await all_lists(session, desk.viewer(agent))
                lists = now_seen.model_dump(exclude={"now"})
                if lists != shown:
                    shown = lists
                    yield ServerSentEvent(event="queue", data=now_seen)

    async def moments(ear: Ear, seconds: float) -> AsyncIterator[None]:
        """Now, whenever it rings, and after so many seconds without: when to look again."""
        ends = time.monotonic() + _STREAM_SECONDS
        look_at = 0.0
        rang = False
        while time.monotonic() < ends and not desk.closing.now:
            if rang or time.monotonic() >= look_at:
                look_at = time.monotonic() + seconds
                yield
            rang = await ear.heard(within=_LOOK_AGAIN_SECONDS)

    async def existing(case_id: UUID, caller: Signed) -> Case:
        # Judged before the stream begins: afterwards its 200 is already told.
        async with transaction(desk.sessions) as session:
            case = await queue.case(session, case_id)
        if case is None:
            raise UnknownCase
        return case

    @router.get(
        "/cases/{case_id}/events",
        summary="A case's messages, as they come and as their delivery becomes known",
        response_class=EventSourceResponse,
    )
    async def case_events(
        case: Annotated[Case, Depends(existing)],
        caller: Signed,
        after: Annotated[int, Query(ge=0, description="position of the last one seen")] = 0,
        last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0)] = None,
    ) -> AsyncIterator[ServerSentEvent]:
        """`message`: one line of the conversation, new or changed (know it by its `id`).
        `case`: the case changed hands or ended: read it again."""
        watched = Watched(after if last_event_id is None else last_event_id)
        state = (case.state, case.agent_id)
        with desk.bell.ear(WAKE_DESK, about=str(case.conversation_id)) as ear:
            async for _ in moments(ear, _LOOK_AGAIN_SECONDS):
                looked = await look(case.id, caller)
                if looked is None:
                    return
                fresh, lines = looked
                for line in watched.changes(lines):
                    yield ServerSentEvent(event="message", id=str(line.position), data=line)
                if state != (fresh.state, fresh.agent_id):
                    state = (fresh.state, fresh.agent_id)
                    yield ServerSentEvent(event="case", data={"state": fresh.state})

    async def look(case_id: UUID, caller: Caller) -> tuple[Case, list[Message]] | None:
        """The case and its latest lines; None when the agent has signed out."""
        async with transaction(desk.sessions) as session:
            agent = await signing_in.signed_in(session, caller.token)
            case = await queue.case(session, case_id)
            if agent is None or case is None:
                return None
            conversation = await repository.conversation(session, case.conversation_id)
            entries = await history(session, conversation.id, limit=_LATEST)
            return case, messages(entries, conversation, case.id, desk.viewer(agent))

    return router


class Watched:
    """What one console has of a conversation, to tell it only what is new or changed."""

    def __init__(self, after: int) -> None:
        self._after = after
        self._known: dict[UUID, Message] | None = None

    def changes(self, lines: list[Message]) -> list[Message]:
        """Lines that the console does not have as they are now."""
        before = self._known
        self._known = {line.id: line for line in lines}
        if before is None:
            return [line for line in lines if line.position > self._after]
        return [line for line in lines if before.get(line.id) != line]
