"""Who asks, and may this request change anything?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Request, Response

from billing_backend.db import transaction
from handoff.desk import signing_in
from handoff.desk.api.problems import Problem
from handoff.desk.models import Agent
from handoff.desk.services import DeskServices

COOKIE = "limpede_desk"
CSRF_HEADER = "X-CSRF-Token"
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The agent of a request, and the token that proved it."""

    agent: Agent
    token: str = field(repr=False)


def make_guard(desk: DeskServices) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the signed-in agent by Bearer token or cookie, else a 401 problem.

    A cookie goes along with requests that other sites provoke, so a change by cookie must also
    carry what only our own page knows. A Bearer token is sent on purpose and needs nothing more.
    """

    async def guard(request: Request) -> Caller:
        token, by_cookie = _token(request)
        if token is None:
            raise Problem("signed_out")
        async with transaction(desk.sessions) as session:
            agent = await signing_in.signed_in(session, token)
        if agent is None:
            raise Problem("signed_out")
        request.state.language = agent.language
        given = request.headers.get(CSRF_HEADER, "")
        changes = request.method not in _READING
        if by_cookie and changes and not signing_in.csrf_is_right(token, given):
            raise Problem("csrf")
        return Caller(agent, token)

    return guard


async def caller_of_page(desk: DeskServices, request: Request) -> Caller | None:
    """The agent who opens a page; None when nobody is signed in."""
    token = request.cookies.get(COOKIE)
    if token is None:
        return None
    async with transaction(desk.sessions) as session:
        agent = await signing_in.signed_in(session, token)
    return None if agent is None else Caller(agent, token)


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(signing_in.SESSION_LASTS.total_seconds()),
        path="/desk",
        httponly=True,
        secure=secure,
        samesite="strict",
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/desk")


def _token(request: Request) -> tuple[str | None, bool]:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given:
        return given.strip(), False
    return request.cookies.get(COOKIE), True
