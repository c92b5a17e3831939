"""Which questions does the billing API answer, and to whom?"""

from fastapi import APIRouter, Depends, Security

from billing_backend.api.account_routes import add_account_routes
from billing_backend.api.agreement_routes import add_agreement_reading, add_agreement_writing
from billing_backend.api.customer_routes import add_customer_routes
from billing_backend.api.dispute_routes import add_dispute_reading, add_dispute_writing
from billing_backend.api.document_routes import add_document_routes
from billing_backend.api.ledger_routes import add_ledger_routes
from billing_backend.api.money_routes import add_money_routes
from billing_backend.api.problems import REFUSALS, BillingRoute
from billing_backend.api.security import Gate, bearer_scheme
from billing_backend.api.sources import Sources
from billing_backend.api.writing import ordering
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import Clock
from billing_backend.db import Sessions
from billing_backend.documents import Sellers, read_company
from billing_backend.tokens import Scope

PREFIX = "/api/billing/v1"


def make_billing_api(
    sessions: Sessions,
    billing: BuiltInBilling,
    clock: Clock,
    token: str,
    *,
    sellers: Sellers | None = None,
) -> APIRouter:
    """The routes, for whoever sends `token` as a bearer, or a token that was issued.

    An empty token is refused at once. `sellers` is who we are on documents (None: the demo
    company).
    """
    if not token:
        raise ValueError("the billing API needs a token")
    gate = Gate(sessions, clock, token)
    sources = Sources(sessions, billing, clock)
    reading = APIRouter(
        route_class=BillingRoute,
        dependencies=[Security(gate.caller, scopes=[Scope.READ])],
    )
    add_customer_routes(reading, sources)
    add_account_routes(reading, sources)
    add_ledger_routes(reading, sources)
    add_document_routes(reading, sources, read_company() if sellers is None else sellers)
    add_dispute_reading(reading, sources)
    add_agreement_reading(reading, sources)
    writing = APIRouter(route_class=BillingRoute)
    ordered = ordering(sources, gate.caller)
    add_money_routes(writing, sources, ordered)
    add_dispute_writing(writing, sources, ordered)
    add_agreement_writing(writing, sources, ordered)
    router = APIRouter(
        prefix=PREFIX,
        tags=["billing"],
        dependencies=[Depends(bearer_scheme)],
        responses=REFUSALS,
    )
    router.include_router(reading)
    router.include_router(writing)
    return router
