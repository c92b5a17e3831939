"""How does an agent say what a message meant, over HTTP?"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit import record
from billing_backend.db import transaction
from handoff import reviews
from handoff.desk import reviews_view
from handoff.desk.api.bodies import DecideBody
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.review_shapes import FamilyView, ReviewsView, ReviewView
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Done
from handoff.desk.texts import text
from handoff.reviews import Decided, MessageReview


def make_reviews_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.get("/reviews", summary="Messages to learn from")
    async def see_reviews(
        caller: Signed,
        state: Literal["open", "decided"] = "open",
        before: Annotated[int | None, Query(description="the last position seen")] = None,
    ) -> ReviewsView:
        """Not understood, answered so that a person was needed, or failed; 50 at a time."""
        async with transaction(desk.sessions) as session:
            return await reviews_view.reviews_view(
                session, desk.viewer(caller.agent), decided=state == "decided", before=before
            )

    @router.get("/reviews/intents", summary="What a message may mean")
    async def see_intents(caller: Signed) -> list[FamilyView]:
        """By family. `out_of_scope`, nothing for us, may be decided too."""
        return reviews_view.families(caller.agent.language)

    @router.get("/reviews/{review_id}", summary="One message, and what was said around it")
    async def see_review(review_id: UUID, caller: Signed) -> ReviewView:
        async with transaction(desk.sessions) as session:
            return await reviews_view.review_view(session, desk.viewer(caller.agent), review_id)

    @router.post("/reviews/{review_id}/decide", summary="Say what the customer meant")
    async def decide(review_id: UUID, caller: Signed, body: DecideBody) -> Done:
        """Of two agents at once one decides; the other is told who and what (409
        `review_decided`)."""
        await _decide(review_id, caller, body.intent, body.text)
        language = caller.agent.language
        intent = reviews_view.decision_text(body.intent, language)
        return Done(text=text("done.review_decided", language, intent=intent))

    @router.post("/reviews/{review_id}/dismiss", summary="Not to be learned")
    async def dismiss(review_id: UUID, caller: Signed) -> Done:
        await _decide(review_id, caller, None, None)
        return Done(text=text("done.review_dismissed", caller.agent.language))

    @router.post("/reviews/{review_id}/reopen", summary="Take a decision back")
    async def reopen(review_id: UUID, caller: Signed) -> Done:
        """Not once it is among the training examples (409 `review_exported`)."""
        async with transaction(desk.sessions) as session:
            result = await reviews.reopen(session, review_id)
            if isinstance(result, Decided):
                raise await _refusal(session, caller, result)
            await _note(session, caller, result, "review.reopened")
        return Done(text=text("done.review_reopened", caller.agent.language))

    async def _decide(
        review_id: UUID, caller: Caller, intent: str | None, words: str | None
    ) -> None:
        async with transaction(desk.sessions) as session:
            result = await reviews.decide(
                session,
                review_id,
                intent=intent,
                text=words,
                by=caller.agent.id,
                now=desk.clock.now(),
            )
            if isinstance(result, Decided):
                raise await _refusal(session, caller, result)
            await _note(session, caller, result, "review.decided")

    async def _refusal(session: AsyncSession, caller: Caller, decided: Decided) -> Problem:
        if decided.exported:
            return Problem("review_exported")
        by = await reviews_view.who_decided(session, decided)
        decision = reviews_view.decision_text(decided.intent, caller.agent.language)
        facts = {"by": by, "intent": decided.intent}
        return Problem("review_decided", agent=by, decision=decision, facts=facts)

    async def _note(
        session: AsyncSession, caller: Caller, review: MessageReview, action: str
    ) -> None:
        await record(
            session,
            actor=caller.agent.email,
            action=action,
            subject=f"conversation:{review.conversation_id}",
            details={"review": str(review.id), "intent": review.intent},
            now=desk.clock.now(),
        )

    return router
