"""What does Stripe tell us with an event, and is it truly Stripe?

Only the fields that are used are read; an event of another shape is nothing that concerns us.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

import stripe
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from billing_backend.money import Money
from billing_backend.payments.gateway import (
    CheckoutNews,
    News,
    NotTheProvider,
    ProviderCall,
    RefundedSoFar,
    RefundNews,
    TryFailed,
    Unreadable,
)
from billing_backend.payments.stripe_gateway import LINK_ID, REFUND_ID, refund_state

_TOLERANCE = 300  # seconds of the machine's own time; Stripe signs each delivery afresh


def _id_of(value: object) -> object:
    """Stripe gives an object or its id, as the account is set up."""
    return value.get("id") if isinstance(value, dict) else value


Reference = Annotated[str | None, BeforeValidator(_id_of)]


class _Ours(BaseModel):
    link_id: UUID = Field(alias=LINK_ID)


class _OurRefund(BaseModel):
    refund_id: UUID | None = Field(None, alias=REFUND_ID)


class _Checkout(BaseModel):
    id: str
    metadata: _Ours
    payment_status: str
    payment_intent: Reference = None
    amount_total: int = Field(gt=0)
    currency: str = Field(min_length=3, max_length=3)


class _Declined(BaseModel):
    code: str = Field("declined", max_length=64)


class _Payment(BaseModel):
    metadata: _Ours
    last_payment_error: _Declined | None = None


class _Charge(BaseModel):
    metadata: _Ours
    payment_intent: Annotated[str, BeforeValidator(_id_of)]
    amount_captured: int = Field(gt=0)
    amount_refunded: int = Field(ge=0)
    currency: str = Field(min_length=3, max_length=3)


class _Refund(BaseModel):
    id: str
    metadata: _OurRefund
    status: str | None = None
    failure_reason: str | None = Field(None, max_length=64)


class _Data(BaseModel):
    object: dict[str, Any]


class _Event(BaseModel):
    id: str = Field(min_length=1, max_length=255)
    type: str = Field(max_length=100)
    data: _Data


class StripeEvents:
    """An `EventReader`: `secret` is the webhook endpoint's own."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, body: bytes, signature: str | None) -> ProviderCall:
        """Raises NotTheProvider without a right and recent signature, Unreadable for no event."""
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._secret, _TOLERANCE)
            event = _Event.model_validate(json.loads(body))
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise NotTheProvider from error
        except (ValidationError, json.JSONDecodeError) as error:
            raise Unreadable from error
        read = _READERS.get(event.type)
        try:
            news = None if read is None else read(event.type, event.data.object)
        except ValidationError:
            news = None  # not one of our links, or a shape that we don't use
        return ProviderCall(event.id, event.type, news)


def _checkout(kind: str, data: Mapping[str, Any]) -> News:
    session = _Checkout.model_validate(data)
    state = _CHECKOUT_STATES.get(kind) or ("processing" if _unpaid(session) else "paid")
    return CheckoutNews(
        link_id=session.metadata.link_id,
        provider_id=session.id,
        state=state,
        payment_reference=session.payment_intent,
        paid=Money(session.amount_total, session.currency.upper()) if state == "paid" else None,
    )


def _unpaid(session: _Checkout) -> bool:
    return session.payment_status == "unpaid"


def _try_failed(kind: str, data: Mapping[str, Any]) -> News:
    payment = _Payment.model_validate(data)
    declined = payment.last_payment_error or _Declined.model_validate({})
    return TryFailed(payment.metadata.link_id, declined.code)


def _charge(kind: str, data: Mapping[str, Any]) -> News:
    charge = _Charge.model_validate(data)
    currency = charge.currency.upper()
    return RefundedSoFar(
        link_id=charge.metadata.link_id,
        payment_reference=charge.payment_intent,
        paid=Money(charge.amount_captured, currency),
        refunded=Money(charge.amount_refunded, currency),
    )


def _refund(kind: str, data: Mapping[str, Any]) -> News:
    refund = _Refund.model_validate(data)
    state = "failed" if kind == "refund.failed" else refund_state(refund.status)
    return RefundNews(refund.metadata.refund_id, refund.id, state, refund.failure_reason)


_CHECKOUT_STATES = {
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "expired",
}
_READERS: Mapping[str, Callable[[str, Mapping[str, Any]], News]] = {
    "checkout.session.completed": _checkout,
    **dict.fromkeys(_CHECKOUT_STATES, _checkout),
    "payment_intent.payment_failed": _try_failed,
    "charge.refunded": _charge,
    "refund.updated": _refund,
    "refund.failed": _refund,
}
