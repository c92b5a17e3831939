"""How does the simulator say that a request makes no sense?

As problem+json with one plain sentence. The simulator's routes carry this themselves, so that
they answer alike whatever error handlers the app around them has.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """The device cannot do that: the sentence says why and what can be done."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class ProblemRoute(APIRoute):
    """A route whose refusals are problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except Refused as refused:
                return problem(refused.status, refused.sentence)
            except RequestValidationError as invalid:
                return problem(422, _sentence(invalid))

        return guarded


def problem(status: int, sentence: str) -> JSONResponse:
    return JSONResponse(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
        },
        status_code=status,
        media_type="application/problem+json",
    )


def _sentence(invalid: RequestValidationError) -> str:
    """The first thing that is wrong, with its place, as one sentence."""
    first = invalid.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
