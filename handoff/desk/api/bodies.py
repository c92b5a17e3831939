"""What may a request to the desk's API carry?"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from handoff.reviews import INTENTS

# Twilio and Telegram take 1,600 and 4,096 characters; the channels split what is longer.
Said = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(lambda text: text.replace("\x00", "")),
]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]
Outcome = Literal["resolved", "partly_resolved", "not_resolved", "follow_up"]


def _known(intent: str) -> str:
    if intent not in INTENTS:
        raise ValueError("no such intent: see GET /reviews/intents")
    return intent


class Body(BaseModel):
    # A misspelt field must not pass for one that was left out.
    model_config = ConfigDict(extra="forbid")


class SignInBody(Body):
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]
    password: Annotated[str, StringConstraints(max_length=200)]


class MeBody(Body):
    """What an agent may change about themselves; what is left out stays."""

    language: Literal["en", "ro"] | None = None
    available: bool | None = None


class TakeBody(Body):
    take_over: Annotated[bool, Field(description="a supervisor takes over a colleague's case")] = (
        False
    )


class ReplyBody(Body):
    text: Said


class NoteBody(Body):
    text: Said


class GrantBody(Body):
    percent_bp: Annotated[int, Field(ge=1, le=10_000, description="basis points: 1500 is 15 %")]
    months: Annotated[int, Field(ge=1, le=24)]
    reason: Literal["price_increase", "too_expensive", "competitor", "leaving"] = "too_expensive"


class CorrectBody(Body):
    finding_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ExtendBody(Body):
    pay_by: date


class DisputeBody(Body):
    """Lines of the invoice; none: the invoice as a whole."""

    invoice_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    line_ids: list[UUID] = []
    reason: Literal[
        "charged_twice",
        "not_ordered",
        "cancelled",
        "price",
        "already_paid",
        "service_fault",
        "usage",
        "other",
    ] = "other"
    words: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=500),
        Field(description="what the customer says, in their own words"),
    ] = ""


class ReviewDisputeBody(Body):
    number: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class UpholdDisputeBody(ReviewDisputeBody):
    amount_minor: Annotated[
        int | None, Field(gt=0, description="in the dispute's currency; without it, all")
    ] = None


class RejectDisputeBody(ReviewDisputeBody):
    answer: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
        Field(description="the reason, in the customer's language; they are told it as it is"),
    ]


class InstalmentsBody(Body):
    parts: Annotated[int, Field(ge=2, le=12)]


Kind = Literal["plan", "add_on", "remove_add_on", "cancel"]


class WishBody(Body):
    """A change of services; `on` is the first day of the new state."""

    kind: Kind
    product_code: Annotated[str | None, StringConstraints(max_length=100)] = None
    on: Annotated[date | None, Field(description="as the rules say, when left out")] = None
    reason: Annotated[
        Literal["price", "competitor", "moving", "not_needed", "quality", "other"] | None,
        Field(description="why the customer leaves"),
    ] = None


class ChangeBody(WishBody):
    promise: Annotated[
        str,
        StringConstraints(min_length=1, max_length=64),
        Field(description="of the preview: what is done is what it said"),
    ]


class CallOffBody(Body):
    change_id: UUID


class AccountBody(Body):
    account_id: UUID


class HandBackBody(Body):
    outcome: Outcome = "resolved"
    agreed: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=1000),
        Field(description="what was agreed, in the customer's language; may be empty"),
    ] = ""


class CloseBody(Body):
    outcome: Outcome = "resolved"


class ConnectBody(Body):
    phone: Annotated[
        Phone | None, Field(description="instead of the agent's number on file, in E.164")
    ] = None


class DecideBody(Body):
    intent: Annotated[
        str, AfterValidator(_known), Field(description="`out_of_scope` is nothing for us")
    ]
    text: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
        Field(description="how it shall be learned, without a name that was left in it"),
    ] = None
