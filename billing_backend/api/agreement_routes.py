"""What does an account have, and how does a program change it: previewed, once per key?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header

from billing_backend import agreements, customers
from billing_backend.api.schemas import (
    ChangeDoneOut,
    ChangeIn,
    ChangePreviewOut,
    ChargeAddedOut,
    ChargeIn,
    CompanyIn,
    CompanyOut,
    OfferingOut,
    Offerings,
    RestoredOut,
    ScheduledChangeOut,
    ServicesOut,
    UsageOut,
    WishIn,
)
from billing_backend.api.sources import Sources
from billing_backend.contract import (
    Authority,
    ChangeRefused,
    RestoreRefused,
    Tier,
    Wish,
)
from billing_backend.customers import DetailsRefused
from billing_backend.db import transaction
from billing_backend.errors import NotFound, RefusedByRule
from billing_backend.money import Money

# Whoever holds the installation's token; the name stands in the audit log.
_PROGRAM = Authority(Tier.SUPERVISOR, "api")

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        description="the same key again changes nothing and answers the first result",
    ),
]


def add_agreement_routes(router: APIRouter, sources: Sources) -> None:
    @router.get("/plans", summary="Plans and add-ons on sale")
    async def on_sale(account_id: UUID | None = None) -> Offerings:
        """With an account: those that it could have instead of, or beside, its plan."""
        async with transaction(sources.sessions) as session:
            found = await sources.billing.plans_on_sale(
                session, today=sources.today(), account_id=account_id
            )
        return Offerings(offerings=[OfferingOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/services", summary="Plan, options, scheduled changes")
    async def services(account_id: UUID) -> ServicesOut:
        async with sources.reading(account_id) as session:
            found = await sources.billing.services(session, account_id, today=sources.today())
        return ServicesOut.model_validate(found)

    @router.get("/accounts/{account_id}/usage", summary="Used in the current period")
    async def usage(account_id: UUID) -> UsageOut:
        async with sources.reading(account_id) as session:
            found = await sources.billing.usage(session, account_id, today=sources.today())
        if found is None:
            raise NotFound("plan of account", account_id)
        return UsageOut.model_validate(found)

    @router.post("/accounts/{account_id}/changes/preview", summary="What would a change do?")
    async def preview(account_id: UUID, wish: WishIn) -> ChangePreviewOut:
        """Changes nothing. What it says, the next invoice says."""
        async with sources.reading(account_id) as session:
            told = await sources.billing.preview_change(
                session, account_id, _wish(wish), now=sources.clock.now()
            )
        if isinstance(told, ChangeRefused):
            raise RefusedByRule(told.reason, told.day)
        return ChangePreviewOut.model_validate(told)

    @router.post("/accounts/{account_id}/changes", summary="Change a plan or option, or end it")
    async def change(account_id: UUID, wish: ChangeIn, key: Key) -> ChangeDoneOut:
        async with sources.reading(account_id) as session:
            done = await sources.billing.change_services(
                session,
                account_id,
                _wish(wish),
                promise=wish.promise,
                channel="api",
                authority=_PROGRAM,
                key=_named("change", key),
                now=sources.clock.now(),
            )
        if isinstance(done, ChangeRefused):
            raise RefusedByRule(done.reason, done.day)
        return ChangeDoneOut.model_validate(done)

    @router.post("/accounts/{account_id}/changes/{change_id}/call-off", summary="Call a change off")
    async def call_off(account_id: UUID, change_id: UUID, key: Key) -> ScheduledChangeOut:
        """Before its first day: then it never was."""
        async with sources.reading(account_id) as session:
            done = await sources.billing.cancel_change(
                session,
                account_id,
                change_id,
                authority=_PROGRAM,
                key=_named("call_off", key),
                now=sources.clock.now(),
            )
        if isinstance(done, ChangeRefused):
            raise RefusedByRule(done.reason, done.day)
        return ScheduledChangeOut.model_validate(done)

    @router.post("/accounts/{account_id}/restore", summary="Let the service go on")
    async def restore(account_id: UUID, key: Key) -> RestoredOut:
        """Undoes a cancellation before its last day is over, or lifts a suspension once nothing
        is overdue."""
        async with sources.reading(account_id) as session:
            done = await sources.billing.restore_service(
                session,
                account_id,
                authority=_PROGRAM,
                key=_named("restore", key),
                now=sources.clock.now(),
            )
        if isinstance(done, RestoreRefused):
            raise RefusedByRule(done.reason, done.amount or done.day)
        return RestoredOut.model_validate(done)

    @router.post("/accounts/{account_id}/suspension", summary="Cut the service off for debt")
    async def suspend(account_id: UUID, key: Key) -> ServicesOut:
        """From today; cut off already, its day stays."""
        async with sources.reading(account_id) as session:
            await customers.suspend(
                session,
                account_id,
                on=sources.today(),
                authority=_PROGRAM,
                key=_named("suspend", key),
                now=sources.clock.now(),
            )
            found = await sources.billing.services(session, account_id, today=sources.today())
        return ServicesOut.model_validate(found)

    @router.post("/accounts/{account_id}/charges", summary="Charge something once")
    async def charge(account_id: UUID, wanted: ChargeIn, key: Key) -> ChargeAddedOut:
        """It is on the next invoice, and on no other."""
        async with sources.reading(account_id) as session:
            added = await agreements.add_charge(
                session,
                account_id,
                description=wanted.description,
                amount=Money(wanted.minor, wanted.currency),
                tax_included=wanted.tax_included,
                supplied_on=wanted.supplied_on,
                authority=_PROGRAM,
                key=_named("charge", key),
                today=sources.today(),
                now=sources.clock.now(),
            )
        if isinstance(added, agreements.ChargeRefused):
            raise RefusedByRule(added.reason, added.nearest)
        return ChargeAddedOut.model_validate(added)

    @router.put("/customers/{customer_id}/company", summary="Invoice a company")
    async def company(customer_id: UUID, wanted: CompanyIn, key: Key) -> CompanyOut:
        async with transaction(sources.sessions) as session:
            kept = await customers.make_business(
                session,
                customer_id,
                company_name=wanted.name,
                tax_id=wanted.tax_id,
                iban=wanted.iban,
                authority=_PROGRAM,
                key=_named("company", key),
                now=sources.clock.now(),
            )
        if isinstance(kept, DetailsRefused):
            raise RefusedByRule(kept.reason)
        return CompanyOut.model_validate(kept)


def _wish(wish: WishIn) -> Wish:
    return Wish(wish.kind, wish.product_code, on=wish.on, reason=wish.reason)


def _named(purpose: str, key: str) -> str:
    return f"api:{purpose}:{key}"
