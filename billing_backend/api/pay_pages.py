"""What does a payer see who opens a payment link, or comes back from the provider's page?"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog
from babel.numbers import format_currency
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from billing_backend.clock import Clock
from billing_backend.db import Sessions, transaction
from billing_backend.headers import SAFE
from billing_backend.money import Money
from billing_backend.payments import links
from billing_backend.payments.gateway import Gateway, GatewayFailed
from billing_backend.payments.links import Visit
from billing_backend.policy import Policy

PATH = "/pay"
_FOLDER = Path(__file__).parent / "pay"
_LOCALES = {"ro": "ro_RO", "en": "en_GB"}
_HEADERS = {
    **SAFE,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
}
# What a payer who came back sees while the link can still be paid.
_CAME_BACK = {"done": "waiting", "cancelled": "cancelled"}
_STATUS = {"unknown": 404, "trouble": 503}
log = structlog.get_logger(__name__)


def make_pay_pages(
    sessions: Sessions,
    clock: Clock,
    policy: Policy,
    *,
    gateway: Gateway,
    address: str,
    company: str,
) -> APIRouter:
    """GET /pay/{token} goes on to the provider's page, or says why there is nothing to pay.

    `address` is where links lead to, without the token.
    """
    router = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(directory=_FOLDER)
    words: dict[str, dict[str, Any]] = json.loads((_FOLDER / "words.json").read_text("utf-8"))

    def page(request: Request, state: str, language: str, token: str, amount: Money) -> Response:
        return templates.TemplateResponse(
            request,
            "pay.html",
            {
                "language": language,
                "company": company,
                "words": words[language],
                "said": words[language][state],
                "state": state,
                "amount": _figure(amount, language) if amount else "",
                "address": f"{address}/{token}",
            },
            status_code=_STATUS.get(state, 200),
            headers=_HEADERS,
        )

    @router.get(PATH + "/style/pay.css")
    async def style() -> FileResponse:
        return FileResponse(_FOLDER / "pay.css", media_type="text/css")

    @router.get(PATH + "/{token}")
    async def pay(request: Request, token: str, back: str = "") -> Response:
        async with transaction(sessions) as session:
            found = await links.visit(
                session, token, address=address, now=clock.now(), policy=policy
            )
        if found is None:
            return page(request, "unknown", _spoken(request), token, Money(0))
        if found.state not in ("go", "open"):
            return page(request, found.state, found.language, token, found.amount)
        if back in _CAME_BACK:
            return page(request, _CAME_BACK[back], found.language, token, found.amount)
        try:
            url = await _checkout(sessions, gateway, found)
        except GatewayFailed as failed:
            log.warning("no checkout", reason=failed.reason)
            return page(request, "trouble", found.language, token, found.amount)
        return RedirectResponse(url, 303, headers=_HEADERS)

    return router


async def _checkout(sessions: Sessions, gateway: Gateway, found: Visit) -> str:
    """The address of the provider's page; no transaction is held while the provider is asked."""
    if found.wanted is None or found.checkout_id is None:
        return found.url
    opened = await gateway.open_checkout(found.wanted)
    async with transaction(sessions) as session:
        await links.opened(session, found.checkout_id, opened)
    return opened.url


def _spoken(request: Request) -> str:
    """Nothing is known of this visitor but what their browser prefers."""
    preferred = request.headers.get("accept-language", "").lower()
    return "en" if preferred.startswith("en") else "ro"


def _figure(amount: Money, language: str) -> str:
    return format_currency(
        Decimal(amount.minor).scaleb(-2), amount.currency, locale=_LOCALES[language]
    )
