"""What does an account have, and how does a program change it: previewed, once per key?"""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import agreements, customers
from billing_backend.api import refusals
from billing_backend.api.agreement_schemas import (
    CancellationUndoneOut,
    ChangeDoneOut,
    ChangeIn,
    ChangePreviewOut,
    ChargeAddedOut,
    ChargeIn,
    CompanyIn,
    OfferingOut,
    Offerings,
    ScheduledChangeOut,
    ServicesOut,
    UsageOut,
    WishIn,
)
from billing_backend.api.problems import problem
from billing_backend.api.requests import NothingIn
from billing_backend.api.schemas import CompanyOut
from billing_backend.api.sources import Sources
from billing_backend.api.writing import Order, Ordered, Refusal
from billing_backend.contract import ChangeDone, ChangePreview, ChangeRefused, Signed, UndoRefused
from billing_backend.customers import DetailsRefused
from billing_backend.db import transaction
from billing_backend.errors import NotFound
from billing_backend.tokens import Scope


def add_agreement_reading(router: APIRouter, sources: Sources) -> None:
    billing = sources.billing

    @router.get("/plans", summary="Plans and add-ons on sale")
    async def on_sale(account_id: UUID | None = None) -> Offerings:
        """With an account: those that it could have instead of, or beside, its plan."""
        async with transaction(sources.sessions) as session:
            found = await billing.plans_on_sale(
                session, today=sources.today(), account_id=account_id
            )
        return Offerings(offerings=[OfferingOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/services", summary="Plan, options, scheduled changes")
    async def services(account_id: UUID) -> ServicesOut:
        async with sources.reading(account_id) as session:
            found = await billing.services(session, account_id, today=sources.today())
        return ServicesOut.model_validate(found)

    @router.get("/accounts/{account_id}/usage", summary="Used in the current period")
    async def usage(account_id: UUID) -> UsageOut:
        async with sources.reading(account_id) as session:
            found = await billing.usage(session, account_id, today=sources.today())
        if found is None:
            raise NotFound("plan of account", account_id)
        return UsageOut.model_validate(found)

    @router.post(
        "/accounts/{account_id}/changes/preview",
        summary="What would a change do?",
        response_model=ChangePreviewOut,
    )
    async def preview(account_id: UUID, wanted: WishIn) -> BaseModel | JSONResponse:
        """Changes nothing and needs no key. What it says, the next invoice says."""
        async with sources.reading(account_id) as session:
            told = await billing.preview_change(
                session, account_id, wanted.wish(), now=sources.clock.now()
            )
        if isinstance(told, ChangePreview):
            return ChangePreviewOut.model_validate(told)
        refused = refusals.not_changed(told)
        return problem(HTTPStatus.CONFLICT, refused.sentence, code=refused.code)


def add_agreement_writing(router: APIRouter, sources: Sources, ordered: Ordered) -> None:
    _add_changing(router, sources, ordered)
    _add_invoicing(router, sources, ordered)


def _add_changing(router: APIRouter, sources: Sources, ordered: Ordered) -> None:
    billing = sources.billing

    @router.post(
        "/accounts/{account_id}/changes",
        summary="Change a plan or option, or end the service",
        status_code=HTTPStatus.CREATED,
        response_model=ChangeDoneOut,
    )
    async def change(
        account_id: UUID,
        asked: ChangeIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.AGREEMENTS])],
    ) -> JSONResponse:
        """409 says why not; `preview_outdated` asks for a new preview."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.change_services(
                session,
                account_id,
                asked.wish(),
                promise=asked.promise,
                channel="api",
                **signed,
            )
            if isinstance(done, ChangeDone):
                return ChangeDoneOut.model_validate(done)
            return refusals.not_changed(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/changes/{change_id}/call-off",
        summary="Call a change off",
        status_code=HTTPStatus.CREATED,
        response_model=ScheduledChangeOut,
    )
    async def call_off(
        account_id: UUID,
        change_id: UUID,
        order: Annotated[Order, Security(ordered, scopes=[Scope.AGREEMENTS])],
    ) -> JSONResponse:
        """Before its first day: then it never was."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.cancel_change(
                session,
                account_id,
                change_id,
                **signed,
            )
            if isinstance(done, ChangeRefused):
                return refusals.not_changed(done)
            return ScheduledChangeOut.model_validate(done)

        return await order.once(NothingIn(), work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/undo-cancellation",
        summary="Let a cancelled service go on",
        status_code=HTTPStatus.CREATED,
        response_model=CancellationUndoneOut,
    )
    async def undo_cancellation(
        account_id: UUID,
        order: Annotated[Order, Security(ordered, scopes=[Scope.AGREEMENTS])],
    ) -> JSONResponse:
        """Before its last day is over."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.undo_cancellation(
                session,
                account_id,
                **signed,
            )
            if isinstance(done, UndoRefused):
                return refusals.not_undone(done)
            return CancellationUndoneOut.model_validate(done)

        return await order.once(NothingIn(), work, account_id=account_id)


def _add_invoicing(router: APIRouter, sources: Sources, ordered: Ordered) -> None:
    @router.post(
        "/accounts/{account_id}/charges",
        summary="Charge something once",
        status_code=HTTPStatus.CREATED,
        response_model=ChargeAddedOut,
    )
    async def charge(
        account_id: UUID,
        asked: ChargeIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.AGREEMENTS])],
    ) -> JSONResponse:
        """It is on the next invoice, and on no other."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            added = await agreements.add_charge(
                session,
                account_id,
                description=asked.description.model_dump(),
                amount=asked.amount.money(),
                tax_included=asked.tax_included,
                supplied_on=asked.supplied_on,
                today=sources.today(),
                **signed,
            )
            if isinstance(added, agreements.ChargeRefused):
                return refusals.not_charged(added)
            return ChargeAddedOut.model_validate(added)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/customers/{customer_id}/company",
        summary="Invoice a company",
        status_code=HTTPStatus.CREATED,
        response_model=CompanyOut,
    )
    async def company(
        customer_id: UUID,
        asked: CompanyIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.AGREEMENTS])],
    ) -> JSONResponse:
        """From now on, or with other details; `iban` is the account that it pays from."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            kept = await customers.make_business(
                session,
                customer_id,
                company_name=asked.name,
                tax_id=asked.tax_id,
                iban=asked.iban,
                **signed,
            )
            if isinstance(kept, DetailsRefused):
                return refusals.not_a_company(kept)
            return CompanyOut.model_validate(kept)

        return await order.once(asked, work)
