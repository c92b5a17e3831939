"""How do checkouts and refunds get to Stripe?

No name, phone number or e-mail address of a customer is sent: Stripe asks the payer itself for
what it needs. Our own ids travel as metadata, and come back with every event.
"""

import stripe

from billing_backend.payments.gateway import (
    CheckoutOpened,
    CheckoutWanted,
    GatewayFailed,
    RefundTaken,
    RefundWanted,
)
from billing_backend.payments.stripe_http import Http

STRIPE = "https://api.stripe.com"
LINK_ID, REFUND_ID = "limpede_link", "limpede_refund"
_RETRIES = 2  # by the client itself, with the same idempotency key
_REFUND_STATES = {"succeeded": "sent", "pending": "requested", "requires_action": "requested"}
_WRONG_ACCOUNT = (stripe.AuthenticationError, stripe.PermissionError)


class StripeGateway:
    """A `Gateway` over Stripe's API at `base` (its own, or the simulator's double)."""

    def __init__(self, api_key: str, base: str = STRIPE) -> None:
        self._http = Http()
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": base},
            http_client=self._http,
            max_network_retries=_RETRIES,
        )

    async def open_checkout(self, wanted: CheckoutWanted) -> CheckoutOpened:
        ours = {LINK_ID: str(wanted.link_id)}
        try:
            session = await self._client.v1.checkout.sessions.create_async(
                {
                    "mode": "payment",
                    "adaptive_pricing": {"enabled": False},  # the invoice's currency is paid
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": wanted.amount.currency.lower(),
                                "unit_amount": wanted.amount.minor,
                                "product_data": {"name": wanted.title},
                            },
                        }
                    ],
                    "locale": wanted.language,
                    "expires_at": int(wanted.expires_at.timestamp()),
                    "success_url": wanted.done_url,
                    "cancel_url": wanted.back_url,
                    "client_reference_id": str(wanted.link_id),
                    "metadata": ours,
                    # On the payment too, so that its own events and refunds know the link.
                    "payment_intent_data": {"metadata": ours},
                },
                {"idempotency_key": wanted.key},
            )
        except stripe.StripeError as error:
            raise _failed(error) from error
        if not session.url:
            raise GatewayFailed("rejected", permanent=True)
        return CheckoutOpened(session.id, session.url)

    async def refund(self, wanted: RefundWanted) -> RefundTaken:
        try:
            refund = await self._client.v1.refunds.create_async(
                {
                    "payment_intent": wanted.payment_reference,
                    "amount": wanted.amount.minor,
                    "reason": _reason(wanted.reason),
                    "metadata": {REFUND_ID: str(wanted.refund_id)},
                },
                {"idempotency_key": wanted.key},
            )
        except stripe.StripeError as error:
            raise _failed(error) from error
        return RefundTaken(refund.id, refund_state(refund.status), refund.failure_reason)

    async def close(self) -> None:
        await self._http.close_async()


def refund_state(status: str | None) -> str:
    """Stripe's word for where a refund is, in ours; an unknown word counts as failed."""
    return _REFUND_STATES.get(status or "", "failed")


def _reason(ours: str) -> str:
    return "duplicate" if ours == "duplicate" else "requested_by_customer"


def _failed(error: stripe.StripeError) -> GatewayFailed:
    if isinstance(error, _WRONG_ACCOUNT):
        return GatewayFailed("misconfigured")
    if isinstance(error, stripe.RateLimitError):
        return GatewayFailed("rate_limited")
    refused = isinstance(error, stripe.InvalidRequestError | stripe.CardError)
    if refused or isinstance(error, stripe.IdempotencyError):
        return GatewayFailed(error.code or "rejected", permanent=True)
    return GatewayFailed("unreachable")
