"""Which questions does the billing API answer, and to whom?"""

from fastapi import APIRouter, Depends, Request

from billing_backend.api.account_routes import add_account_routes
from billing_backend.api.agreement_routes import add_agreement_routes
from billing_backend.api.customer_routes import add_customer_routes
from billing_backend.api.ledger_routes import add_ledger_routes
from billing_backend.api.problems import BillingRoute
from billing_backend.api.security import bearer_scheme, require_bearer
from billing_backend.api.sources import Sources
from billing_backend.clock import Clock
from billing_backend.contract import Billing
from billing_backend.db import Sessions

PREFIX = "/api/billing/v1"


def make_billing_api(
    sessions: Sessions,
    billing: Billing,
    clock: Clock,
    token: str,
    *,
    zone: str = "Europe/Bucharest",
) -> APIRouter:
    """The routes, for whoever sends `token` as a bearer. An empty token is refused at once."""
    if not token:
        raise ValueError("the billing API needs a token")

    async def only_with_token(request: Request) -> None:
        require_bearer(request, token)

    router = APIRouter(
        prefix=PREFIX,
        tags=["billing"],
        route_class=BillingRoute,
        dependencies=[Depends(only_with_token), Depends(bearer_scheme)],
    )
    sources = Sources(sessions, billing, clock, zone)
    add_customer_routes(router, sources)
    add_account_routes(router, sources)
    add_ledger_routes(router, sources)
    add_agreement_routes(router, sources)
    return router
