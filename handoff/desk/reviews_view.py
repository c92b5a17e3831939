"""What does an agent see of messages to learn from?"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import history
from handoff.desk import formats, repository
from handoff.desk.review_shapes import (
    FamilyView,
    GuessView,
    IntentView,
    ReviewLine,
    ReviewsView,
    ReviewView,
)
from handoff.desk.texts import label, text
from handoff.desk.view import Viewer, messages
from handoff.queue import repository as queue
from handoff.reviews import FAMILIES, INTENTS, OUT_OF_SCOPE, Decided, MessageReview, UnknownReview
from handoff.reviews import repository as reviews

_LISTED = 50
_LINES_BEFORE, _LINES_AFTER = 6, 3


async def reviews_view(
    session: AsyncSession, viewer: Viewer, *, decided: bool, before: int | None
) -> ReviewsView:
    """A page of the list, newest messages first."""
    found = await reviews.listed(session, decided=decided, before=before, at_most=_LISTED + 1)
    names = await _names(session, *found)
    return ReviewsView(
        open=await reviews.count_open(session),
        reviews=[_line(review, names, viewer) for review in found[:_LISTED]],
        more=len(found) > _LISTED,
    )


async def review_view(session: AsyncSession, viewer: Viewer, review_id: UUID) -> ReviewView:
    """One message and what was said around it. Raises UnknownReview."""
    review = await reviews.review(session, review_id)
    if review is None:
        raise UnknownReview
    language = viewer.language
    conversation = await repository.conversation(session, review.conversation_id)
    case = await queue.last_case(session, conversation.id)
    at = review.position
    said = await history(session, conversation.id, until=at, limit=_LINES_BEFORE)
    heard = await history(session, conversation.id, after=at)
    line = _line(review, await _names(session, review), viewer)
    return ReviewView(
        **line.model_dump(),
        asked=review.asked,
        asked_text=label("asked", review.asked, language) if review.asked else None,
        guesses=[
            _guess(guess, language)
            for guess in review.understood
            if guess["intent"] in INTENTS and guess["intent"] != OUT_OF_SCOPE
        ],
        messages=messages(
            [*said, *heard[:_LINES_AFTER]], conversation, case.id if case else None, viewer
        ),
        case_id=case.id if case else None,
        exported_text=text(
            "reviews.exported",
            language,
            moment=formats.moment(review.exported_at, language, viewer.zone),
        )
        if review.exported_at
        else None,
    )


def families(language: str) -> list[FamilyView]:
    """Every meaning that may be chosen, with its definition."""
    return [
        FamilyView(
            title=text(f"intent_family.{family}", language),
            intents=[intent_view(intent, language) for intent in intents],
        )
        for family, intents in FAMILIES.items()
    ]


def intent_view(intent: str, language: str) -> IntentView:
    return IntentView(
        intent=intent,
        title=text(f"intent.{intent}", language),
        definition=text(f"intent_about.{intent}", language),
    )


def decision_text(intent: str | None, language: str) -> str:
    """What was decided, in words."""
    return text(f"intent.{intent}", language) if intent else text("reviews.dismissed", language)


async def who_decided(session: AsyncSession, decided: Decided) -> str:
    return (await repository.agent_names(session, [decided.by])).get(decided.by, "")


def _guess(guess: Mapping[str, object], language: str) -> GuessView:
    shown = intent_view(str(guess["intent"]), language)
    return GuessView(**shown.model_dump(), confidence=float(str(guess["confidence"])))


async def _names(session: AsyncSession, *found: MessageReview) -> dict[UUID, str]:
    agents = {each.decided_by for each in found if each.decided_by is not None}
    return await repository.agent_names(session, agents)


def _line(review: MessageReview, names: Mapping[UUID, str], viewer: Viewer) -> ReviewLine:
    language = viewer.language
    return ReviewLine(
        review_id=review.id,
        position=review.position,
        channel=review.channel,
        language=review.language,
        said_at=review.said_at,
        said_text=formats.moment(review.said_at, language, viewer.zone),
        text=review.text,
        why=review.why,
        why_text=label("review_why", review.why, language),
        intent=review.intent,
        decided_at=review.decided_at,
        decided_text=text(
            "reviews.decided_as",
            language,
            agent=names.get(review.decided_by, ""),
            decision=decision_text(review.intent, language),
        )
        if review.decided_by
        else None,
    )
