"""How does an agent work on cases over HTTP?"""

import uuid
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    ArrangementSummary,
    Granted,
    LinkRefused,
)
from billing_backend.db import transaction
from handoff.desk import account, account_view, cases, formats
from handoff.desk.api.bodies import (
    CloseBody,
    ConnectBody,
    CorrectBody,
    ExtendBody,
    GrantBody,
    HandBackBody,
    NoteBody,
    ReplyBody,
    TakeBody,
)
from handoff.desk.api.guard import Caller, make_guard
from handoff.desk.api.problems import DeskRoute, Problem, above_limit, refused
from handoff.desk.cases import Refused, UnknownCase
from handoff.desk.services import DeskServices
from handoff.desk.shapes import CaseView, Done, QueueView
from handoff.desk.talks import whole_case
from handoff.desk.texts import label, text
from handoff.desk.undelivered import all_lists
from handoff.queue import repository as queue

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        description="the same key again changes nothing and answers the first result",
    ),
]


def make_cases_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    Signed = Annotated[Caller, Depends(make_guard(desk))]  # noqa: N806 - a type

    @router.get("/queue", summary="Who waits, whom I answer, whom my colleagues answer")
    async def see_queue(caller: Signed) -> QueueView:
        async with transaction(desk.sessions) as session:
            return await all_lists(session, desk.viewer(caller.agent))

    @router.get("/cases/{case_id}", summary="One case with all that is known")
    async def see_case(case_id: UUID, caller: Signed) -> CaseView:
        """The customer and how they were verified, why they need a person, the account review,
        the balance, the newest invoice explained, the offers allowed to this agent, and the
        whole conversation with delivery states."""
        async with transaction(desk.sessions) as session:
            return await _case_view(session, caller, case_id)

    @router.post("/cases/{case_id}/take", summary="Take a waiting case")
    async def take(case_id: UUID, caller: Signed, body: TakeBody | None = None) -> CaseView:
        """Of two agents at once one gets it; the other is told who (409 `taken`)."""
        async with transaction(desk.sessions) as session:
            taken = await cases.take(
                session,
                caller.agent,
                case_id,
                take_over=body is not None and body.take_over,
                now=desk.clock.now(),
            )
            if isinstance(taken, Refused):
                raise refused(taken)
            return await _case_view(session, caller, case_id)

    @router.post("/cases/{case_id}/reply", summary="Say something to the customer")
    async def reply(case_id: UUID, caller: Signed, body: ReplyBody, key: Key = None) -> Done:
        """Without a key every call says it anew."""
        async with transaction(desk.sessions) as session:
            said = await cases.reply(
                session,
                caller.agent,
                case_id,
                body.text,
                click=key or uuid.uuid4().hex,
                now=desk.clock.now(),
            )
        if isinstance(said, Refused):
            raise refused(said)
        return Done(text=text("done.replied", caller.agent.language), message_id=said)

    @router.post("/cases/{case_id}/grant", summary="Grant a discount")
    async def grant(case_id: UUID, caller: Signed, body: GrantBody, key: Key = None) -> Done:
        """Within the agent's authority; above it 409 `discount_refused` says who may. Without a
        key the same discount is granted once in a case."""
        click = desk.click(caller.agent, case_id, key or f"{body.percent_bp}x{body.months}")
        async with transaction(desk.sessions) as session:
            result = await account.grant(
                session,
                desk.billing,
                click,
                percent_bp=body.percent_bp,
                months=body.months,
                reason=body.reason,
            )
        if isinstance(result, Refused):
            raise refused(result)
        language = caller.agent.language
        if not isinstance(result, Granted):
            raise Problem(
                "discount_refused",
                why=account_view.refusal_text(result, language),
                facts={"reason": account_view.told_reason(result), "needs": result.needs},
            )
        discount = account_view.discount_text(result.offer, language)
        return Done(text=text("done.discount", language, discount=discount))

    @router.post("/cases/{case_id}/correct", summary="Correct an error that the review proved")
    async def correct(case_id: UUID, caller: Signed, body: CorrectBody, key: Key = None) -> Done:
        click = desk.click(caller.agent, case_id, key or body.finding_id)
        async with transaction(desk.sessions) as session:
            result = await account.correct(session, desk.billing, click, finding_id=body.finding_id)
        if isinstance(result, Refused):
            raise refused(result)
        language = caller.agent.language
        if isinstance(result, AboveLimit):
            raise above_limit(result, language)
        if isinstance(result, AlreadyCorrected):
            raise Problem(
                "already_corrected",
                who=result.by,
                amount=formats.money(result.amount, language),
                invoice=result.invoice_number,
                facts={"by": result.by, "credit_note": result.credit_note_number},
            )
        if result.credit_note_number is None:
            return Done(
                text=text(
                    "done.allocation",
                    language,
                    amount=formats.money(result.amount, language),
                    balance=formats.money(result.balance_due, language),
                )
            )
        return Done(
            text=text(
                "done.correction",
                language,
                amount=formats.money(result.amount, language),
                note=result.credit_note_number,
                balance=formats.money(result.balance_due, language),
            )
        )

    @router.post("/cases/{case_id}/extend", summary="Give more time to pay")
    async def extend(case_id: UUID, caller: Signed, body: ExtendBody, key: Key = None) -> Done:
        click = desk.click(caller.agent, case_id, key or body.pay_by.isoformat())
        async with transaction(desk.sessions) as session:
            result = await account.extend(session, desk.billing, click, pay_by=body.pay_by)
        if isinstance(result, Refused):
            raise refused(result)
        language = caller.agent.language
        if not isinstance(result, ArrangementSummary):
            why = label("extension", result.reason, language)
            raise Problem("extension_refused", why=why, facts={"reason": result.reason})
        return Done(
            text=text(
                "done.extension",
                language,
                amount=formats.money(result.amount, language),
                day=formats.day(result.pay_by, language),
            )
        )

    @router.post("/cases/{case_id}/payment-link", summary="Send a link to pay what is due")
    async def payment_link(case_id: UUID, caller: Signed, key: Key = None) -> Done:
        """In the conversation; to a caller by SMS. Without a key every call sends it anew."""
        click = desk.click(caller.agent, case_id, key)
        async with transaction(desk.sessions) as session:
            result = await account.send_payment_link(session, desk.billing, click)
        if isinstance(result, Refused):
            raise refused(result)
        language = caller.agent.language
        if isinstance(result, LinkRefused):
            why = label("payment_link", result.reason, language)
            raise Problem("payment_link_refused", why=why, facts={"reason": result.reason})
        amount = formats.money(result.amount, language)
        return Done(text=text("done.payment_link", language, amount=amount))

    @router.post("/cases/{case_id}/hand-back", summary="The assistant goes on")
    async def hand_back(case_id: UUID, caller: Signed, body: HandBackBody) -> Done:
        """The assistant tells the customer what was agreed and keeps to it."""
        async with transaction(desk.sessions) as session:
            await cases.hand_back(
                session,
                caller.agent,
                case_id,
                outcome=body.outcome,
                agreed=body.agreed,
                now=desk.clock.now(),
            )
        return Done(text=text("done.handed_back", caller.agent.language))

    @router.post("/cases/{case_id}/close", summary="Nothing more to say")
    async def close(case_id: UUID, caller: Signed, body: CloseBody | None = None) -> Done:
        """The customer is told; a call ends."""
        outcome = "resolved" if body is None else body.outcome
        async with transaction(desk.sessions) as session:
            await cases.close(session, caller.agent, case_id, outcome=outcome, now=desk.clock.now())
        return Done(text=text("done.closed", caller.agent.language))

    @router.post("/cases/{case_id}/release", summary="Back to the queue, at the same place")
    async def release(case_id: UUID, caller: Signed) -> Done:
        async with transaction(desk.sessions) as session:
            await cases.release(session, caller.agent, case_id, now=desk.clock.now())
        return Done(text=text("done.released", caller.agent.language))

    @router.post("/cases/{case_id}/connect-phone", summary="Speak with the caller")
    async def connect_phone(case_id: UUID, caller: Signed, body: ConnectBody | None = None) -> Done:
        """The caller is put through to the agent's phone."""
        async with transaction(desk.sessions) as session:
            number = await cases.connect_phone(
                session,
                caller.agent,
                case_id,
                phone=None if body is None else body.phone,
                now=desk.clock.now(),
            )
        if isinstance(number, Refused):
            raise refused(number)
        return Done(text=text("done.connecting", caller.agent.language, phone=number))

    @router.post("/cases/{case_id}/notes", summary="Write something down")
    async def add_note(case_id: UUID, caller: Signed, body: NoteBody) -> Done:
        """What was said on the phone, say; also after the case was closed. No customer sees it."""
        async with transaction(desk.sessions) as session:
            await cases.add_note(session, caller.agent, case_id, body.text, now=desk.clock.now())
        return Done(text=text("done.noted", caller.agent.language))

    async def _case_view(session: AsyncSession, caller: Caller, case_id: UUID) -> CaseView:
        case = await queue.case(session, case_id)
        if case is None:
            raise UnknownCase
        return await whole_case(session, desk.viewer(caller.agent), case)

    return router
