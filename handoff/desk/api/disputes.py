"""How does an agent open and answer disputes, and arrange a debt in parts, over HTTP?"""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends

from billing_backend.contract import (
    AboveLimit,
    ArrangementSummary,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
)
from billing_backend.db import transaction
from handoff.desk import disputes, formats
from handoff.desk.api.bodies import (
    DisputeBody,
    InstalmentsBody,
    RejectDisputeBody,
    ReviewDisputeBody,
    UpholdDisputeBody,
)
from handoff.desk.api.cases import Key
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem, above_limit, refused
from handoff.desk.cases import Refused
from handoff.desk.services import DeskServices
from handoff.desk.shapes import Done
from handoff.desk.texts import label, text

Made = TypeVar("Made", DisputeOpened, DisputeSummary, DisputeUpheld)


def make_disputes_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.post("/cases/{case_id}/dispute", summary="Open a dispute")
    async def open_dispute(
        case_id: UUID, caller: Signed, body: DisputeBody, key: Key = None
    ) -> Done:
        click = desk.click(caller.agent, case_id, key)
        async with transaction(desk.sessions) as session:
            result = await disputes.open_dispute(
                session,
                desk.billing,
                click,
                invoice_number=body.invoice_number,
                line_ids=body.line_ids,
                reason=body.reason,
                words=body.words,
            )
        language = caller.agent.language
        opened = _possible(result, language)
        return Done(
            text=text(
                "done.dispute",
                language,
                number=opened.dispute.number,
                day=formats.day(opened.dispute.answer_by, language),
            )
        )

    @router.post("/cases/{case_id}/dispute-review", summary="Take a dispute under review")
    async def review(
        case_id: UUID, caller: Signed, body: ReviewDisputeBody, key: Key = None
    ) -> Done:
        click = desk.click(caller.agent, case_id, key)
        async with transaction(desk.sessions) as session:
            result = await disputes.review_dispute(session, desk.billing, click, number=body.number)
        return _changed(result, "done.dispute_review", caller.agent.language)

    @router.post("/cases/{case_id}/dispute-uphold", summary="Give the disputed amount back")
    async def uphold(
        case_id: UUID, caller: Signed, body: UpholdDisputeBody, key: Key = None
    ) -> Done:
        """Whole or in part; above the agent's limit 409 `correction_refused` says who may."""
        click = desk.click(caller.agent, case_id, key)
        async with transaction(desk.sessions) as session:
            result = await disputes.uphold_dispute(
                session, desk.billing, click, number=body.number, minor=body.amount_minor
            )
        language = caller.agent.language
        if isinstance(result, AboveLimit):
            raise above_limit(result, language)
        upheld = _possible(result, language)
        return Done(
            text=text(
                "done.correction",
                language,
                amount=formats.money(upheld.dispute.credited, language),
                note=upheld.credit_note_number,
                balance=formats.money(upheld.balance_due, language),
            )
        )

    @router.post("/cases/{case_id}/dispute-reject", summary="Reject a dispute with its reason")
    async def reject(
        case_id: UUID, caller: Signed, body: RejectDisputeBody, key: Key = None
    ) -> Done:
        click = desk.click(caller.agent, case_id, key)
        async with transaction(desk.sessions) as session:
            result = await disputes.reject_dispute(
                session, desk.billing, click, number=body.number, answer=body.answer
            )
        return _changed(result, "done.dispute_rejected", caller.agent.language)

    @router.post("/cases/{case_id}/instalments", summary="Arrange a debt in parts")
    async def in_parts(
        case_id: UUID, caller: Signed, body: InstalmentsBody, key: Key = None
    ) -> Done:
        """Without a key the same number of parts is arranged once in a case."""
        click = desk.click(caller.agent, case_id, key or f"{body.parts}")
        async with transaction(desk.sessions) as session:
            result = await disputes.in_parts(session, desk.billing, click, parts=body.parts)
        language = caller.agent.language
        if isinstance(result, Refused):
            raise refused(result)
        if not isinstance(result, ArrangementSummary):
            why = label("extension", result.reason, language)
            raise Problem("extension_refused", why=why, facts={"reason": result.reason})
        return Done(
            text=text(
                "done.instalments",
                language,
                amount=formats.money(result.amount, language),
                parts=len(result.parts),
                day=formats.day(result.pay_by, language),
            )
        )

    return router


def _changed(result: DisputeSummary | DisputeRefused | Refused, done: str, language: str) -> Done:
    return Done(text=text(done, language, number=_possible(result, language).number))


def _possible(result: Made | DisputeRefused | Refused, language: str) -> Made:
    """What was done; a refusal is told as a problem."""
    if isinstance(result, Refused):
        raise refused(result)
    if isinstance(result, DisputeRefused):
        known = result.existing
        state = label("dispute_state", known.state, language) if known else ""
        raise Problem(
            "dispute_refused",
            why=label("dispute_refused", result.reason, language),
            which=f" ({known.number}, {state})" if known else "",
            facts={"reason": result.reason, "existing": known.number if known else None},
        )
    return result
