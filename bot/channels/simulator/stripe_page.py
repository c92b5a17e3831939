"""What does the payer see, when the simulator plays Stripe's payment page?"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from babel.numbers import format_currency
from fastapi import APIRouter, Form, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import RedirectResponse, Response

from bot.channels.simulator.page_routes import FOLDER
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.stripe_account import Checkout
from bot.channels.simulator.stripe_routes import StripeConsole

PATH = "/simulator/stripe/pay"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_LOCALES = {"ro": "ro_RO", "en": "en_GB"}


def make_stripe_page(console: StripeConsole, company: str) -> APIRouter:
    """GET and POST /simulator/stripe/pay/{id}: pay, be declined, or go back."""
    router = APIRouter(prefix=PATH, include_in_schema=False)
    templates = Jinja2Templates(directory=FOLDER)
    words: dict[str, Any] = json.loads((FOLDER / "checkout.json").read_text("utf-8"))

    def page(request: Request, checkout: Checkout | None) -> Response:
        language = "ro" if checkout is None or checkout.locale != "en" else "en"
        return templates.TemplateResponse(
            request,
            "checkout.html",
            {
                "language": language,
                "words": words[language],
                "company": company,
                "checkout": checkout,
                "amount": "" if checkout is None else _figure(checkout, language),
            },
            status_code=200 if checkout is not None else 404,
            headers=HEADERS,
        )

    @router.get("/{checkout_id}")
    async def show(request: Request, checkout_id: str) -> Response:
        await console.deliveries.send(console.account.expire_due())
        return page(request, _found(console, checkout_id))

    @router.post("/{checkout_id}")
    async def act(
        request: Request,
        checkout_id: str,
        deed: Annotated[Literal["pay", "decline", "cancel"], Form()],
    ) -> Response:
        checkout = _found(console, checkout_id)
        if checkout is None:
            return page(request, None)
        try:
            done = await console.do(checkout, deed)
        except Refused:
            return page(request, checkout)  # paid or expired meanwhile: the page says so
        if done["goes_to"] is not None:
            return RedirectResponse(done["goes_to"], 303)
        return page(request, checkout)

    return router


def _found(console: StripeConsole, checkout_id: str) -> Checkout | None:
    try:
        return console.account.checkout(checkout_id)
    except Refused:
        return None


def _figure(checkout: Checkout, language: str) -> str:
    amount = Decimal(checkout.amount).scaleb(-2)
    return format_currency(amount, checkout.currency.upper(), locale=_LOCALES[language])
