"""What does Stripe's API answer, when the simulator plays it?

Checkout Sessions (create, read, expire) and refunds (create, read), with the checks and error
shapes of Stripe's own (https://docs.stripe.com/api/errors) and its idempotency keys.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.simulator.faults import Fault, FaultKind, Faults
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.stripe_account import (
    Checkout,
    StripeAccount,
    checkout_json,
    new_checkout_id,
    refund_json,
)
from bot.channels.simulator.stripe_deliveries import Deliveries

PREFIX = "/simulator/stripe-api"
MINIMUM = {
    "ron": 200,
    "eur": 50,
}  # https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
_LEEWAY = timedelta(minutes=1)  # between the caller's clock and ours
_LOCALES = ("auto", "en", "ro")
Form = Mapping[str, str]


class StripeError(Exception):
    """Stripe refuses, in its own words."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, "code": code, "param": param}}


class StripeApi:
    """The API of one account. `page` is the address of its payment page, without the id."""

    def __init__(
        self, account: StripeAccount, deliveries: Deliveries, faults: Faults, page: str
    ) -> None:
        self._account = account
        self._deliveries = deliveries
        self._page = page
        self.faults = faults
        self.answered: dict[str, tuple[str, dict[str, Any]]] = {}

    def clear(self) -> None:
        self.answered.clear()

    def open_checkout(self, form: Form) -> dict[str, Any]:
        """A page for one thing at a price."""
        if form.get("mode") != "payment":
            raise StripeError("The simulator knows mode=payment only.", param="mode")
        checkout_id = new_checkout_id()
        now = self._account.now()
        checkout = Checkout(
            id=checkout_id,
            url=f"{self._page}/{checkout_id}",
            amount=_amount(form),
            currency=_needed(form, "line_items[0][price_data][currency]"),
            title=_needed(form, "line_items[0][price_data][product_data][name]"),
            locale=_locale(form),
            success_url=_needed(form, "success_url"),
            cancel_url=_needed(form, "cancel_url"),
            reference=form.get("client_reference_id"),
            metadata=_metadata(form, "metadata"),
            payment_metadata=_metadata(form, "payment_intent_data[metadata]"),
            created=now,
            expires_at=_expiry(form, now),
        )
        self._account.keep(checkout)
        return checkout_json(checkout)

    def expire_checkout(self, checkout_id: str) -> dict[str, Any]:
        checkout = self._checkout(checkout_id)
        if checkout.status != "open":
            raise StripeError('Only Checkout Sessions with a status in ["open"] can be expired.')
        self._deliveries.send_soon(self._account.expire(checkout))
        return checkout_json(checkout)

    def read_checkout(self, checkout_id: str) -> dict[str, Any]:
        return checkout_json(self._checkout(checkout_id))

    def make_refund(self, form: Form) -> dict[str, Any]:
        reference = _needed(form, "payment_intent")
        payment = self._account.payment(reference)
        if payment is None:
            raise _missing("payment_intent", reference)
        left = payment.amount - payment.refunded
        amount = int(form.get("amount") or left)
        if left <= 0:
            raise StripeError(
                f"Charge {payment.charge} has already been refunded.",
                code="charge_already_refunded",
            )
        if not 0 < amount <= left:
            raise StripeError(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                param="amount",
            )
        refund, events = self._account.refund(
            payment, amount, form.get("reason"), _metadata(form, "metadata")
        )
        self._deliveries.send_soon(events)
        return refund_json(refund)

    def read_refund(self, refund_id: str) -> dict[str, Any]:
        try:
            return refund_json(self._account.found_refund(refund_id))
        except Refused:
            raise _missing("refund", refund_id) from None

    def _checkout(self, checkout_id: str) -> Checkout:
        try:
            return self._account.checkout(checkout_id)
        except Refused:
            raise _missing("checkout.session", checkout_id) from None


def make_stripe_api(api: StripeApi, api_key: str) -> APIRouter:
    """Under /simulator/stripe-api: what the stripe client finds at its base address."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)

    @router.api_route("/v1/{path:path}", methods=["GET", "POST"])
    async def any_call(path: str, request: Request) -> Response:
        try:
            _signed_in(request, api_key)
            fault = api.faults.take("stripe", path)
            if fault is not None and not (fault.kind is FaultKind.TIMEOUT and fault.taken):
                await _fail(api.faults, fault, request)
            form = {name: str(value) for name, value in (await request.form()).items()}
            body, replayed = _once(api, request, path, form)
            if fault is not None:
                await api.faults.hold(request, fault.seconds)
        except StripeError as error:
            return JSONResponse(error.body, error.status)
        return JSONResponse(body, headers={"Idempotent-Replayed": "true"} if replayed else {})

    return router


def _once(api: StripeApi, request: Request, path: str, form: Form) -> tuple[dict[str, Any], bool]:
    """The first answer to an idempotency key, ever after; another wish with it is refused."""
    key = request.headers.get("idempotency-key")
    if request.method != "POST" or key is None:
        return _answer(api, request.method, path, form), False
    wish = f"{path} {sorted(form.items())}"
    if key not in api.answered:
        api.answered[key] = (wish, _answer(api, request.method, path, form))
        return api.answered[key][1], False
    first_wish, answer = api.answered[key]
    if first_wish != wish:
        raise StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were"
            " first used with.",
            kind="idempotency_error",
        )
    return answer, True


def _answer(api: StripeApi, method: str, path: str, form: Form) -> dict[str, Any]:
    match method, path.split("/"):
        case "POST", ["checkout", "sessions"]:
            return api.open_checkout(form)
        case "GET", ["checkout", "sessions", checkout_id]:
            return api.read_checkout(checkout_id)
        case "POST", ["checkout", "sessions", checkout_id, "expire"]:
            return api.expire_checkout(checkout_id)
        case "POST", ["refunds"]:
            return api.make_refund(form)
        case "GET", ["refunds", refund_id]:
            return api.read_refund(refund_id)
    raise StripeError(f"Unrecognized request URL ({method}: /v1/{path}).", status=404)


def _signed_in(request: Request, api_key: str) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(key.encode(), api_key.encode()):
        raise StripeError("Invalid API Key provided.", status=401)


async def _fail(faults: Faults, fault: Fault, request: Request) -> None:
    if fault.kind is FaultKind.RATE_LIMITED:
        raise StripeError("Request rate limit exceeded.", status=429, code="rate_limit")
    if fault.kind is FaultKind.TIMEOUT:
        await faults.hold(request, fault.seconds)
    raise StripeError("An unknown error occurred.", status=500, kind="api_error")


def _amount(form: Form) -> int:
    name = "line_items[0][price_data][unit_amount]"
    amount = _needed(form, name)
    if not amount.isdecimal():
        raise StripeError(f"Invalid integer: {amount}", param=name)
    least = MINIMUM.get(form.get("line_items[0][price_data][currency]", ""), 0)
    if int(amount) < max(least, 1):
        raise StripeError(
            "The Checkout Session's total amount is too small.", code="amount_too_small"
        )
    return int(amount)


def _expiry(form: Form, now: datetime) -> datetime:
    given = form.get("expires_at")
    if given is None:
        return now + LONGEST
    moment = datetime.fromtimestamp(int(given), UTC)
    if not SHORTEST - _LEEWAY <= moment - now <= LONGEST + _LEEWAY:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from"
            " Checkout Session creation.",
            param="expires_at",
        )
    return moment


def _locale(form: Form) -> str:
    locale = form.get("locale", "auto")
    if locale not in _LOCALES:
        raise StripeError(f"Invalid locale: the simulator knows {_LOCALES}.", param="locale")
    return locale


def _metadata(form: Form, name: str) -> dict[str, str]:
    fields = re.compile(re.escape(name) + r"\[([^\]]{1,40})\]")
    found = {field: value for key, value in form.items() if (field := _only(fields, key))}
    if any(len(value) > 500 for value in found.values()):
        raise StripeError("Metadata values can have up to 500 characters.", param=name)
    return found


def _only(fields: re.Pattern[str], key: str) -> str | None:
    found = fields.fullmatch(key)
    return found.group(1) if found else None


def _needed(form: Form, name: str) -> str:
    value = form.get(name)
    if not value:
        raise StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def _missing(kind: str, reference: str) -> StripeError:
    return StripeError(
        f"No such {kind}: '{reference}'", status=404, code="resource_missing", param=kind
    )
