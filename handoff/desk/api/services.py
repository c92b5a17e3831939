"""How does an agent change a customer's plan and options over HTTP? Previewed, then confirmed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from billing_backend.contract import ChangeRefused, UndoRefused, Wish
from billing_backend.db import transaction
from handoff.desk import account, services_view
from handoff.desk.api.bodies import AccountBody, CallOffBody, ChangeBody, WishBody
from handoff.desk.api.cases import Key
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem, refused
from handoff.desk.cases import Refused
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Done, PreviewView
from handoff.desk.texts import label, text


def make_services_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.post("/cases/{case_id}/preview-change", summary="What would a change of services do?")
    async def preview(case_id: UUID, caller: Signed, body: WishBody) -> PreviewView:
        """Changes nothing. 409 `change_refused` says why it cannot be made."""
        click = desk.click(caller.agent, case_id, "preview")
        async with transaction(desk.sessions) as session:
            told = await account.preview_change(session, desk.billing, click, _wish(body))
        if isinstance(told, Refused):
            raise refused(told)
        if isinstance(told, ChangeRefused):
            raise _problem(told, caller.agent.language)
        return services_view.preview_view(told, caller.agent.language)

    @router.post("/cases/{case_id}/change", summary="Make the change that was previewed")
    async def change(case_id: UUID, caller: Signed, body: ChangeBody, key: Key = None) -> Done:
        """Exactly what the preview of that `promise` said, or 409. Without a key the same promise
        is kept once in a case."""
        click = desk.click(caller.agent, case_id, key or body.promise)
        async with transaction(desk.sessions) as session:
            result = await account.change_services(
                session, desk.billing, click, _wish(body), promise=body.promise
            )
        language = caller.agent.language
        if isinstance(result, Refused):
            raise refused(result)
        if isinstance(result, ChangeRefused):
            raise _problem(result, language)
        what = services_view.change_text(result.preview, language)
        return Done(text=text("done.change", language, what=what))

    @router.post("/cases/{case_id}/call-off", summary="Call a scheduled change off")
    async def call_off(case_id: UUID, caller: Signed, body: CallOffBody, key: Key = None) -> Done:
        """It never was: what it would have ended goes on."""
        click = desk.click(caller.agent, case_id, key or str(body.change_id))
        async with transaction(desk.sessions) as session:
            result = await account.call_off(session, desk.billing, click, change_id=body.change_id)
        if isinstance(result, Refused):
            raise refused(result)
        if isinstance(result, ChangeRefused):
            raise _problem(result, caller.agent.language)
        return Done(text=text("done.called_off", caller.agent.language))

    @router.post("/cases/{case_id}/undo-cancellation", summary="The service goes on")
    async def undo_cancellation(case_id: UUID, caller: Signed, key: Key = None) -> Done:
        """Before its last day is over; after that, 409 `undo_refused`."""
        now = desk.clock.now()
        click = desk.click(caller.agent, case_id, key or now.isoformat())
        async with transaction(desk.sessions) as session:
            result = await account.undo_cancellation(session, desk.billing, click)
        language = caller.agent.language
        if isinstance(result, Refused):
            raise refused(result)
        if isinstance(result, UndoRefused):
            why = label("undo_refused", result.reason, language)
            raise Problem("undo_refused", why=why, facts={"reason": result.reason})
        return Done(text=text("done.cancellation_undone", language))

    @router.post("/cases/{case_id}/account", summary="Which of the customer's accounts")
    async def choose_account(case_id: UUID, caller: Signed, body: AccountBody) -> Done:
        """The case, its changes and the assistant afterwards speak of this account."""
        click = desk.click(caller.agent, case_id, "account")
        async with transaction(desk.sessions) as session:
            chosen = await account.choose_account(
                session, desk.billing, click, account_id=body.account_id
            )
        if isinstance(chosen, Refused):
            raise refused(chosen)
        return Done(text=text("done.account", caller.agent.language, account=chosen.label))

    return router


def _wish(body: WishBody) -> Wish:
    return Wish(body.kind, body.product_code, on=body.on, reason=body.reason)


def _problem(refusal: ChangeRefused, language: str) -> Problem:
    return Problem(
        "change_refused",
        why=services_view.why_not(refusal, language),
        facts={"reason": refusal.reason},
    )
