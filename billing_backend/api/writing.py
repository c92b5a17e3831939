"""How does a request that changes something get done once, however often it is sent?

Every POST carries an Idempotency-Key. The first result is kept with the change, in one
transaction, and answered again to whoever repeats the request; the same key with another
request is refused. Refusals by a rule are results too; requests that make no sense are not kept.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import customers, idempotency
from billing_backend.api.problems import MEDIA_TYPE, body
from billing_backend.api.security import CallerOf
from billing_backend.api.sources import Sources
from billing_backend.contract import Signed
from billing_backend.db import transaction
from billing_backend.tokens import Caller

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, a new one for each new request",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule said no: `code` is its own word, `sentence` says what would do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Kept:
    status: int
    body: dict[str, Any]


_KEPT = TypeAdapter(_Kept)
Work = Callable[[AsyncSession, Signed], Awaitable[BaseModel | Refusal]]


@dataclass(frozen=True, slots=True)
class Order:
    """A request to change something, from a program that may: what it asks is done once."""

    sources: Sources
    caller: Caller
    path: str
    key: str

    async def once(
        self, asked: BaseModel, work: Work, *, account_id: UUID | None = None
    ) -> JSONResponse:
        """Does the work in one transaction. NotFound when `account_id` is nobody's."""
        whole_key = f"api:{self.caller.name}:{self.key}"
        signed = Signed(
            authority=self.caller.authority,
            key=f"{whole_key}/do",
            now=self.sources.clock.now(),
        )
        replayed = True

        async def first_time() -> _Kept:
            nonlocal replayed
            replayed = False
            return _kept(await work(session, signed))

        async with transaction(self.sources.sessions) as session:
            if account_id is not None:
                await customers.customer_of_account(session, account_id)
            kept = await idempotency.once(
                session,
                whole_key,
                {"path": self.path, "body": asked.model_dump(mode="json")},
                _KEPT,
                first_time,
            )
        refused = kept.status >= HTTPStatus.BAD_REQUEST
        return JSONResponse(
            kept.body,
            status_code=kept.status,
            headers={"Idempotent-Replayed": str(replayed).lower()},
            media_type=MEDIA_TYPE if refused else None,
        )


Ordered = Callable[..., Awaitable[Order]]


def ordering(sources: Sources, caller: CallerOf) -> Ordered:
    """The dependency of every route that changes something: use it with its scope, as
    `Annotated[Order, Security(ordered, scopes=[...])]`."""

    async def ordered(
        request: Request, key: IdempotencyKey, by: Annotated[Caller, Depends(caller)]
    ) -> Order:
        return Order(sources, by, request.url.path, key)

    return ordered


def _kept(result: BaseModel | Refusal) -> _Kept:
    if isinstance(result, Refusal):
        return _Kept(HTTPStatus.CONFLICT, body(HTTPStatus.CONFLICT, result.sentence, result.code))
    return _Kept(HTTPStatus.CREATED, result.model_dump(mode="json"))
