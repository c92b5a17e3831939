"""What is disputed on an account, and what is done about its debts?"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.api import refusals
from billing_backend.api.dispute_schemas import (
    DisputeEventOut,
    DisputeEvents,
    DisputeIn,
    DisputeOpenedOut,
    DisputeOut,
    Disputes,
    DisputeUpheldOut,
    RejectIn,
    ServiceStateOut,
    SuspensionOut,
    Suspensions,
    UpholdIn,
)
from billing_backend.api.requests import NothingIn, money_of
from billing_backend.api.sources import Sources
from billing_backend.api.writing import Order, Ordered, Refusal
from billing_backend.contract import (
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    Signed,
)
from billing_backend.disputes import service as disputes
from billing_backend.dunning import repository as dunning
from billing_backend.tokens import Scope


def add_dispute_reading(router: APIRouter, sources: Sources) -> None:
    billing = sources.billing

    @router.get("/accounts/{account_id}/disputes", summary="Disputes, newest first")
    async def all_disputes(account_id: UUID) -> Disputes:
        async with sources.reading(account_id) as session:
            found = await billing.disputes(session, account_id)
        return Disputes(disputes=[DisputeOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/disputes/{number}/events", summary="Who did what, when")
    async def events(account_id: UUID, number: str) -> DisputeEvents:
        async with sources.reading(account_id) as session:
            found = await disputes.events(session, account_id, number)
        return DisputeEvents(events=[DisputeEventOut.model_validate(each) for each in found])

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


def add_dispute_writing(router: APIRouter, sources: Sources, ordered: Ordered) -> None:
    billing = sources.billing

    @router.post(
        "/accounts/{account_id}/disputes",
        summary="Open a dispute",
        status_code=HTTPStatus.CREATED,
        response_model=DisputeOpenedOut,
    )
    async def open_dispute(
        account_id: UUID,
        asked: DisputeIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.DISPUTES])],
    ) -> JSONResponse:
        """409 says why there can be none, and names the dispute that is there already."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.open_dispute(
                session,
                account_id,
                asked.invoice_number,
                line_ids=asked.line_ids,
                amount=money_of(asked.amount),
                reason=asked.reason,
                words=asked.words,
                **signed,
            )
            if isinstance(done, DisputeOpened):
                return DisputeOpenedOut.model_validate(done)
            return refusals.not_disputed(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/disputes/{number}/uphold",
        summary="Give it back",
        status_code=HTTPStatus.CREATED,
        response_model=DisputeUpheldOut,
    )
    async def uphold(
        account_id: UUID,
        number: str,
        asked: UpholdIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.DISPUTES])],
    ) -> JSONResponse:
        """By credit note, whole or in part; 409 says who may give so much."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.uphold_dispute(
                session,
                account_id,
                number,
                amount=money_of(asked.amount),
                **signed,
            )
            if isinstance(done, DisputeUpheld):
                return DisputeUpheldOut.model_validate(done)
            return refusals.not_disputed(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/disputes/{number}/reject",
        summary="Reject it",
        status_code=HTTPStatus.CREATED,
        response_model=DisputeOut,
    )
    async def reject(
        account_id: UUID,
        number: str,
        asked: RejectIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.DISPUTES])],
    ) -> JSONResponse:
        """The customer is told the answer as it stands."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.reject_dispute(
                session,
                account_id,
                number,
                answer=asked.answer,
                **signed,
            )
            if isinstance(done, DisputeSummary):
                return DisputeOut.model_validate(done)
            return refusals.not_disputed(done)

        return await order.once(asked, work, account_id=account_id)

    for verb, summary, change in (
        ("review", "Take it under review", billing.review_dispute),
        ("withdraw", "Withdraw it, as the customer wishes", billing.withdraw_dispute),
    ):
        _add_change(router, sources, ordered, verb, summary, change)


def _add_change(
    router: APIRouter,
    sources: Sources,
    ordered: Ordered,
    verb: str,
    summary: str,
    change: Callable[..., Awaitable[DisputeSummary | DisputeRefused]],
) -> None:
    """A change of a dispute that needs nothing but its number."""

    @router.post(
        f"/accounts/{{account_id}}/disputes/{{number}}/{verb}",
        summary=summary,
        status_code=HTTPStatus.CREATED,
        response_model=DisputeOut,
    )
    async def changed(
        account_id: UUID,
        number: str,
        order: Annotated[Order, Security(ordered, scopes=[Scope.DISPUTES])],
    ) -> JSONResponse:
        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await change(
                session,
                account_id,
                number,
                **signed,
            )
            if isinstance(done, DisputeSummary):
                return DisputeOut.model_validate(done)
            return refusals.not_disputed(done)

        return await order.once(NothingIn(), work, account_id=account_id)
