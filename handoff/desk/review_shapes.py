"""What does the desk's API answer about messages to learn from?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from handoff.desk.shapes import Message


class IntentView(BaseModel):
    """What a customer may mean."""

    intent: str
    title: str
    definition: str


class GuessView(IntentView):
    confidence: Annotated[float, Field(description="how sure the assistant was, from 0 to 1")]


class FamilyView(BaseModel):
    title: str
    intents: list[IntentView]


class ReviewLine(BaseModel):
    """A message in the list."""

    review_id: UUID
    position: Annotated[int, Field(description="for `before`, to read on")]
    channel: str
    language: str
    said_at: datetime
    said_text: str
    text: Annotated[str, Field(description="as it will be learned: without names and numbers")]
    why: Annotated[str, Field(description="not_understood, led_to_person or failed")]
    why_text: str
    intent: Annotated[str | None, Field(description="decided; null while open or dismissed")]
    decided_at: datetime | None
    decided_text: Annotated[str | None, Field(description="who decided what")]


class ReviewsView(BaseModel):
    open: Annotated[int, Field(description="how many are open in all")]
    reviews: Annotated[list[ReviewLine], Field(description="newest messages first")]
    more: Annotated[bool, Field(description="there are older ones: `before` the last position")]


class ReviewView(ReviewLine):
    """One message with what was understood, what had been asked, and what was said around it."""

    asked: str | None
    asked_text: str | None
    guesses: Annotated[list[GuessView], Field(description="likeliest first; without refusals")]
    messages: Annotated[list[Message], Field(description="a few lines before and after")]
    case_id: Annotated[UUID | None, Field(description="the conversation's last case")]
    exported_text: str | None
