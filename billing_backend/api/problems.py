"""How does a program hear that its request was refused?

As problem+json (RFC 9457) with one plain sentence, on our own routes whatever the app around
them does.
"""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from billing_backend.errors import BillingError, IdempotencyConflict, NotFound, WrongValue

Answer = Callable[[Request], Coroutine[Any, Any, Response]]
MEDIA_TYPE = "application/problem+json"


class Unauthorised(Exception):
    """Send the header "Authorization: Bearer <token>" with a token that is valid."""


class Forbidden(Exception):
    """The token may not do this: issue one that has the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"the token has no scope {scope}: issue one that has it")


class Problem(BaseModel):
    """Why a request was refused, in one sentence (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["no account 6f1d2f0e-6a43-4c39-9a0b-6d6f2d0c5a11"])
    code: str | None = Field(
        None,
        description="The rule's own word for a refusal, for programs",
        examples=["date_too_late"],
    )


def _described(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {
        status.value: {
            "description": status.phrase,
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
        }
        for status in statuses
    }


# For a router's `responses`: so OpenAPI tells of the refusals below.
REFUSALS = _described(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


class BillingRoute(APIRoute):
    """A route whose refusals are problem+json."""

    def get_route_handler(self) -> Answer:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Unauthorised as refused:
                return problem(
                    HTTPStatus.UNAUTHORIZED,
                    str(refused.__doc__),
                    headers={"WWW-Authenticate": "Bearer"},
                )
            except Forbidden as refused:
                return problem(HTTPStatus.FORBIDDEN, str(refused))
            except WrongValue as wrong:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(wrong))
            except NotFound as missing:
                return problem(HTTPStatus.NOT_FOUND, str(missing))
            except IdempotencyConflict as refused:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
            except BillingError as refused:
                return problem(HTTPStatus.CONFLICT, str(refused))
            except RequestValidationError as invalid:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(invalid))

        return handled


def problem(
    status: HTTPStatus,
    sentence: str,
    *,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    return JSONResponse(
        body(status, sentence, code),
        status_code=status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def body(status: HTTPStatus, sentence: str, code: str | None = None) -> dict[str, Any]:
    told = {"type": "about:blank", "title": status.phrase, "status": status, "detail": sentence}
    return told if code is None else {**told, "code": code}


def _sentence(invalid: RequestValidationError) -> str:
    """The first thing that is wrong; never the value, which may be somebody's number."""
    first = invalid.errors()[0]
    return f"{first['loc'][-1]}: {first['msg']}"
