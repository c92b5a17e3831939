"""How does a program hear that its request was refused?

As problem+json (RFC 9457) with one plain sentence, on our own routes whatever the app around
them does.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from billing_backend.contract import AboveLimit, CreditRefused
from billing_backend.corrections.refusals import why_not
from billing_backend.errors import BillingError, NotFound, WrongValue

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


class Unauthorised(Exception):
    """Send the header "Authorization: Bearer <token>" with the token of this installation."""


class NotCredited(Exception):
    """Nothing was credited; the refusal says why."""

    def __init__(self, refused: AboveLimit | CreditRefused) -> None:
        super().__init__()
        self.refused = refused


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
            except NotCredited as error:
                return problem(HTTPStatus.CONFLICT, why_not(error.refused))
            except WrongValue as wrong:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(wrong))
            except NotFound as missing:
                return problem(HTTPStatus.NOT_FOUND, str(missing))
            except BillingError as refused:
                return problem(HTTPStatus.CONFLICT, str(refused))
            except RequestValidationError as invalid:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(invalid))

        return handled


def problem(
    status: HTTPStatus, sentence: str, *, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(
        {"type": "about:blank", "title": status.phrase, "status": status, "detail": sentence},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def _sentence(invalid: RequestValidationError) -> str:
    """The first thing that is wrong; never the value, which may be somebody's number."""
    first = invalid.errors()[0]
    return f"{first['loc'][-1]}: {first['msg']}"
