"""How does an agent sign in and out, and say whether they take cases?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import update

from billing_backend.db import transaction
from handoff.desk import formats, signing_in
from handoff.desk.api.bodies import MeBody, SignInBody
from handoff.desk.api.guard import Caller, clear_cookie, make_guard, set_cookie
from handoff.desk.api.problems import DeskRoute, Problem
from handoff.desk.models import Agent
from handoff.desk.services import DeskServices
from handoff.desk.shapes import AgentView, Done, SignedInView
from handoff.desk.texts import text
from handoff.desk.view import agent_view
from handoff.queue import repository as queue


def make_people_api(desk: DeskServices) -> APIRouter:
    router = APIRouter(route_class=DeskRoute)
    guard = make_guard(desk)

    @router.post("/sign-in", summary="Sign in")
    async def sign_in(body: SignInBody, response: Response) -> SignedInView:
        """Sets the session cookie and answers a token for scripts.

        Wrong e-mail and wrong password are told in the same words; five wrong tries lock the
        address for 15 minutes (429)."""
        result = await signing_in.sign_in(
            desk.sessions, email=body.email, password=body.password, clock=desk.clock
        )
        if isinstance(result, signing_in.NotSignedIn):
            raise _not_signed_in(result)
        set_cookie(response, result.token, secure=desk.secure_cookies)
        async with transaction(desk.sessions) as session:
            presence = await queue.presence(session, result.agent.id)
        available = presence is not None and presence.available
        return SignedInView(
            agent=agent_view(result.agent, available=available),
            token=result.token,
            csrf=result.csrf,
        )

    def _not_signed_in(result: signing_in.NotSignedIn) -> Problem:
        if result.until is None:
            return Problem("wrong_sign_in")
        seconds = max(1, int((result.until - desk.clock.now()).total_seconds()))
        return Problem(
            "sign_in_locked",
            headers={"Retry-After": str(seconds)},
            time=formats.clock_time(result.until, "en", desk.zone),
        )

    @router.post("/sign-out", summary="Sign out")
    async def sign_out(caller: Annotated[Caller, Depends(guard)], response: Response) -> Done:
        """Ends this session; the token is worthless from now on."""
        async with transaction(desk.sessions) as session:
            await signing_in.sign_out(session, caller.token)
        clear_cookie(response)
        return Done(text=text("done.signed_out", caller.agent.language))

    @router.get("/me", summary="Who am I")
    async def me(caller: Annotated[Caller, Depends(guard)]) -> AgentView:
        async with transaction(desk.sessions) as session:
            presence = await queue.presence(session, caller.agent.id)
        return agent_view(caller.agent, available=presence is not None and presence.available)

    @router.post("/me", summary="Change language, take cases or not")
    async def change_me(caller: Annotated[Caller, Depends(guard)], body: MeBody) -> AgentView:
        """An agent who is away is not counted when customers hear how long they wait."""
        async with transaction(desk.sessions) as session:
            if body.available is not None:
                await queue.set_presence(session, caller.agent.id, available=body.available)
            if body.language is not None:
                await session.execute(
                    update(Agent).where(Agent.id == caller.agent.id).values(language=body.language)
                )
            agent = await session.get_one(Agent, caller.agent.id, populate_existing=True)
            presence = await queue.presence(session, agent.id)
        return agent_view(agent, available=presence is not None and presence.available)

    return router
