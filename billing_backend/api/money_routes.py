"""How does a program take a payment, correct an error, or grant what a customer was promised?"""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.api import refusals
from billing_backend.api.requests import (
    ArrangementIn,
    CorrectionIn,
    CreditIn,
    GrantIn,
    PaymentIn,
    money_of,
)
from billing_backend.api.schemas import (
    ArrangementOut,
    CorrectedOut,
    CreditedOut,
    GrantedOut,
    PaymentOut,
)
from billing_backend.api.sources import Sources
from billing_backend.api.taking_payments import take_payment
from billing_backend.api.writing import Order, Ordered, Refusal
from billing_backend.contract import AboveLimit, Credited, DiscountRefused, ExtensionRefused, Signed
from billing_backend.invoices import service as invoices
from billing_backend.tokens import Scope


def add_money_routes(router: APIRouter, sources: Sources, ordered: Ordered) -> None:
    billing = sources.billing

    @router.post(
        "/payments",
        summary="Record money that came in",
        status_code=HTTPStatus.CREATED,
        response_model=PaymentOut,
    )
    async def payment(
        asked: PaymentIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.PAYMENTS])],
    ) -> JSONResponse:
        """It pays the invoice named, else the oldest open one; what is left over is credit.
        Without an account it waits until a person finds whose it is."""

        async def work(session: AsyncSession, _: Signed) -> BaseModel | Refusal:
            return await take_payment(session, asked, sources)

        return await order.once(asked, work, account_id=asked.account_id)

    @router.post(
        "/accounts/{account_id}/corrections",
        summary="Put right what the review has proven",
        status_code=HTTPStatus.CREATED,
        response_model=CorrectedOut,
    )
    async def correction(
        account_id: UUID,
        asked: CorrectionIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.CORRECTIONS])],
    ) -> JSONResponse:
        """By credit note, up to the limit of the token's tier; 404 when the review does not find
        it any more."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.correct(
                session,
                account_id,
                asked.finding_id,
                **signed,
            )
            if isinstance(done, AboveLimit):
                return refusals.above_limit(done)
            return CorrectedOut.model_validate(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/credit-notes",
        summary="Give back an invoice, a line of it, or a part",
        status_code=HTTPStatus.CREATED,
        response_model=CreditedOut,
    )
    async def credit(
        account_id: UUID,
        asked: CreditIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.CORRECTIONS])],
    ) -> JSONResponse:
        """Never more than is left after earlier credit notes. 409 says what is left and who gave
        something back before."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            await invoices.invoice(
                session, asked.invoice_number, account_id=account_id, today=sources.today()
            )
            done = await billing.credit(
                session,
                asked.invoice_number,
                line=asked.line,
                amount=money_of(asked.amount),
                reason=asked.reason,
                note=asked.note,
                **signed,
                expected_left=money_of(asked.expected_left),
            )
            if isinstance(done, Credited):
                return CreditedOut.model_validate(done)
            return refusals.not_credited(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/arrangements",
        summary="Agree to a later payment",
        status_code=HTTPStatus.CREATED,
        response_model=ArrangementOut,
    )
    async def arrangement(
        account_id: UUID,
        asked: ArrangementIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.ARRANGEMENTS])],
    ) -> JSONResponse:
        """For all that is owed, by rule on the account's history."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.arrange_extension(
                session,
                account_id,
                asked.pay_by,
                **signed,
            )
            if isinstance(done, ExtensionRefused):
                return refusals.no_extension(done)
            return ArrangementOut.model_validate(done)

        return await order.once(asked, work, account_id=account_id)

    @router.post(
        "/accounts/{account_id}/grants",
        summary="Grant a discount",
        status_code=HTTPStatus.CREATED,
        response_model=GrantedOut,
    )
    async def grant(
        account_id: UUID,
        asked: GrantIn,
        order: Annotated[Order, Security(ordered, scopes=[Scope.DISCOUNTS])],
    ) -> JSONResponse:
        """Within the amounts of the token's tier, the budgets and the caps."""

        async def work(session: AsyncSession, signed: Signed) -> BaseModel | Refusal:
            done = await billing.grant_discount(
                session,
                account_id,
                percent_bp=asked.percent_bp,
                months=asked.months,
                reason=asked.reason,
                conversation_id=None,
                **signed,
            )
            if isinstance(done, DiscountRefused):
                return refusals.no_discount(done)
            return GrantedOut.model_validate(done)

        return await order.once(asked, work, account_id=account_id)
