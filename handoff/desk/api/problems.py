"""How does a refusal reach an agent or a script: as problem+json, in the agent's terms?"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from billing_backend.contract import AboveLimit
from billing_backend.errors import IdempotencyConflict, NotFound
from handoff.conversations import NotYours
from handoff.desk import formats
from handoff.desk.cases import Refused, UnknownCase
from handoff.desk.texts import preferred, text
from handoff.reviews import UnknownReview

_STATUS = {
    "signed_out": 401,
    "wrong_sign_in": 401,
    "csrf": 403,
    "unknown_case": 404,
    "finding_gone": 404,
    "no_document": 404,
    "unknown_message": 404,
    "file_gone": 404,
    "file_too_large": 413,
    "not_on_account": 404,
    "unknown_review": 404,
    "sign_in_locked": 429,
    "invalid": 422,
}
_CONFLICT = 409
_MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """The request is refused; `code` names the words in texts.yml (problem.<code>), `values`
    fill them. `facts` are what a script may act on, beside the sentence."""

    def __init__(
        self,
        code: str,
        /,
        *,
        headers: dict[str, str] | None = None,
        facts: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.headers = headers
        self.facts = facts or {}
        self.values = values


class DeskRoute(APIRoute):
    """A route whose refusals are problem+json in the agent's language."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with our refusals and bad input put into words."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return _response(request, problem)
            except RequestValidationError as error:
                return _response(request, Problem("invalid", where=_where(error)))
            except NotYours:
                return _response(request, Problem("not_yours"))
            except UnknownCase:
                return _response(request, Problem("unknown_case"))
            except UnknownReview:
                return _response(request, Problem("unknown_review"))
            except NotFound as missing:
                gone = "finding_gone" if missing.kind == "finding" else "not_on_account"
                return _response(request, Problem(gone))
            except IdempotencyConflict:
                return _response(request, Problem("key_reused"))

        return handled


def refused(refusal: Refused) -> Problem:
    return Problem(refusal.code, **refusal.values)


def above_limit(refusal: AboveLimit, language: str) -> Problem:
    return Problem(
        "correction_refused",
        amount=formats.money(refusal.amount, language),
        limit=formats.money(refusal.limit, language),
        who=text(f"refused.needs.{refusal.needs}", language),
        facts={"needs": refusal.needs},
    )


def _response(request: Request, problem: Problem) -> Response:
    language = getattr(request.state, "language", None) or preferred(
        request.headers.get("accept-language")
    )
    detail = text(f"problem.{problem.code}", language, **problem.values)
    return JSONResponse(
        {
            "type": "about:blank",
            "status": _STATUS.get(problem.code, _CONFLICT),
            "code": problem.code,
            "title": detail,
            "detail": detail,
            **problem.facts,
        },
        status_code=_STATUS.get(problem.code, _CONFLICT),
        headers=problem.headers,
        media_type=_MEDIA_TYPE,
    )


def _where(error: RequestValidationError) -> str:
    places = [".".join(str(part) for part in each["loc"][1:]) for each in error.errors()]
    return ", ".join(place for place in places if place) or "body"
