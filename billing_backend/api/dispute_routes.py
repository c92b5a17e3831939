"""What is disputed on an account, and what is done about its debts?

A program acts with an agent's authority: what an agent may not give, it may not either. Changes
need an `Idempotency-Key`; the same key again answers the first result.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing_backend.api.dispute_schemas import (
    DisputeEventOut,
    DisputeEvents,
    DisputeOpenedOut,
    DisputeOut,
    Disputes,
    DisputeUpheldOut,
    ServiceStateOut,
    SuspensionOut,
    Suspensions,
)
from billing_backend.api.sources import Sources
from billing_backend.contract import (
    AboveLimit,
    Authority,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    Tier,
)
from billing_backend.disputes import service as disputes
from billing_backend.dunning import repository as dunning
from billing_backend.errors import DisputeNotPossible
from billing_backend.money import Money

PROGRAM = Authority(Tier.AGENT, "api")
Key = Annotated[
    str, Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Your own")
]
Reason = Literal[
    "charged_twice",
    "not_ordered",
    "cancelled",
    "price",
    "already_paid",
    "service_fault",
    "usage",
    "other",
]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Minor = Annotated[int, Field(gt=0, description="Minor units; without it, all of it")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenBody(_Body):
    invoice_number: str
    line_ids: Annotated[list[UUID], Field(description="None: the invoice as a whole")] = []
    amount_minor: _Minor | None = None
    reason: Reason = "other"
    words: Annotated[_Words, Field(description="The customer's own")] = ""


class UpholdBody(_Body):
    amount_minor: _Minor | None = None


class RejectBody(_Body):
    answer: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
        Field(description="The reason, in the customer's language: they are told it as it is"),
    ]


def add_dispute_routes(router: APIRouter, sources: Sources) -> None:
    billing = sources.billing

    @router.get("/accounts/{account_id}/disputes", summary="Disputes, newest first")
    async def all_disputes(account_id: UUID) -> Disputes:
        async with sources.reading(account_id) as session:
            found = await billing.disputes(session, account_id)
        return Disputes(disputes=[DisputeOut.model_validate(each) for each in found])

    @router.post("/accounts/{account_id}/disputes", summary="Open a dispute", status_code=201)
    async def open_dispute(account_id: UUID, body: OpenBody, key: Key) -> DisputeOpenedOut:
        """409 says why there can be none, and names the dispute that is there already."""
        async with sources.reading(account_id) as session:
            found = await billing.open_dispute(
                session,
                account_id,
                body.invoice_number,
                line_ids=body.line_ids,
                amount=_money(body.amount_minor),
                reason=body.reason,
                words=body.words,
                authority=PROGRAM,
                key=_named(account_id, key),
                now=sources.clock.now(),
            )
        _possible(found)
        assert isinstance(found, DisputeOpened)
        return DisputeOpenedOut.model_validate(found)

    @router.get("/accounts/{account_id}/disputes/{number}/events", summary="Who did what, when")
    async def events(account_id: UUID, number: str) -> DisputeEvents:
        async with sources.reading(account_id) as session:
            found = await disputes.events(session, account_id, number)
        return DisputeEvents(events=[DisputeEventOut.model_validate(each) for each in found])

    @router.post("/accounts/{account_id}/disputes/{number}/review", summary="Take under review")
    async def review(account_id: UUID, number: str, key: Key) -> DisputeOut:
        async with sources.reading(account_id) as session:
            found = await billing.review_dispute(
                session,
                account_id,
                number,
                authority=PROGRAM,
                key=_named(account_id, key),
                now=sources.clock.now(),
            )
        return _dispute(found)

    @router.post("/accounts/{account_id}/disputes/{number}/uphold", summary="Give it back")
    async def uphold(
        account_id: UUID, number: str, key: Key, body: UpholdBody | None = None
    ) -> DisputeUpheldOut:
        """By credit note, whole or in part; above an agent's limit 409 says who may."""
        async with sources.reading(account_id) as session:
            found = await billing.uphold_dispute(
                session,
                account_id,
                number,
                amount=_money(body.amount_minor) if body else None,
                authority=PROGRAM,
                key=_named(account_id, key),
                now=sources.clock.now(),
            )
        _possible(found)
        assert isinstance(found, DisputeUpheld)
        return DisputeUpheldOut.model_validate(found)

    @router.post("/accounts/{account_id}/disputes/{number}/reject", summary="Reject it")
    async def reject(account_id: UUID, number: str, body: RejectBody, key: Key) -> DisputeOut:
        async with sources.reading(account_id) as session:
            found = await billing.reject_dispute(
                session,
                account_id,
                number,
                answer=body.answer,
                authority=PROGRAM,
                key=_named(account_id, key),
                now=sources.clock.now(),
            )
        return _dispute(found)

    @router.post("/accounts/{account_id}/disputes/{number}/withdraw", summary="Withdraw it")
    async def withdraw(account_id: UUID, number: str, key: Key) -> DisputeOut:
        async with sources.reading(account_id) as session:
            found = await billing.withdraw_dispute(
                session,
                account_id,
                number,
                authority=PROGRAM,
                key=_named(account_id, key),
                now=sources.clock.now(),
            )
        return _dispute(found)

    @router.get("/accounts/{account_id}/service", summary="Is the service suspended for debt?")
    async def service(account_id: UUID) -> ServiceStateOut:
        async with sources.reading(account_id) as session:
            found = await billing.service_state(session, account_id, today=sources.today())
        return ServiceStateOut.model_validate(found)

    @router.get("/accounts/{account_id}/suspensions", summary="Suspensions, newest first")
    async def suspensions(account_id: UUID) -> Suspensions:
        async with sources.reading(account_id) as session:
            found = await dunning.history(session, account_id)
        return Suspensions(suspensions=[SuspensionOut.model_validate(each) for each in found])


def _money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor)


def _named(account_id: UUID, key: str) -> str:
    return f"api:{account_id}:{key}"


def _dispute(found: DisputeSummary | DisputeRefused) -> DisputeOut:
    _possible(found)
    return DisputeOut.model_validate(found)


def _possible(found: object) -> None:
    """Refusals are problems here, said after what was decided is kept."""
    if isinstance(found, DisputeRefused):
        known = found.existing
        told = f"{known.number} is {known.state.replace('_', ' ')}" if known else None
        raise DisputeNotPossible(found.reason, told)
    if isinstance(found, AboveLimit):
        told = f"{found.amount} is above {found.limit}: a {found.needs} may"
        raise DisputeNotPossible("above_limit", told)
