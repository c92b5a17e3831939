"""What does a business's account at Stripe hold, when the simulator plays it?

Checkout Sessions, payments and refunds, and the events that tell of them. Amounts are in minor
units; times are the product's clock, which the simulator may move.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.simulator.problem import Refused

API_VERSION = "2026-10-28.endive"
KEPT = 500  # of each kind


@dataclass(slots=True)
class Payment:
    """A PaymentIntent and its Charge, in one."""

    id: str
    charge: str
    amount: int
    currency: str
    metadata: dict[str, str]
    refunded: int = 0


@dataclass(slots=True)
class Checkout:
    """A Checkout Session. `status` is open, complete or expired; `payment_status` unpaid or paid.
    `declined`: the last try on the page was."""

    id: str
    url: str
    amount: int
    currency: str
    title: str
    locale: str
    success_url: str
    cancel_url: str
    reference: str | None
    metadata: dict[str, str]
    payment_metadata: dict[str, str]
    created: datetime
    expires_at: datetime
    status: str = "open"
    payment_status: str = "unpaid"
    payment: Payment | None = None
    declined: bool = False


@dataclass(slots=True)
class Refund:
    id: str
    payment: Payment
    amount: int
    reason: str | None
    metadata: dict[str, str]
    created: datetime
    status: str = "succeeded"
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    kind: str
    body: Mapping[str, Any] = field(repr=False)


class StripeAccount:
    """Everything that happens on the account; each act answers the events that tell of it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._checkouts: dict[str, Checkout] = {}
        self._payments: dict[str, Payment] = {}
        self._refunds: dict[str, Refund] = {}

    def clear(self) -> None:
        for kept in (self._checkouts, self._payments, self._refunds):
            kept.clear()

    def checkouts(self) -> list[Checkout]:
        """Newest first."""
        return list(reversed(self._checkouts.values()))

    def checkout(self, checkout_id: str) -> Checkout:
        found = self._checkouts.get(checkout_id)
        if found is None:
            raise Refused("Stripe has no such checkout; a reset forgets them.", 404)
        return found

    def payment(self, payment_id: str) -> Payment | None:
        return self._payments.get(payment_id)

    def found_refund(self, refund_id: str) -> Refund:
        found = self._refunds.get(refund_id)
        if found is None:
            raise Refused("Stripe has no such refund; a reset forgets them.", 404)
        return found

    def keep(self, checkout: Checkout) -> None:
        self._checkouts[checkout.id] = checkout
        _forget_oldest(self._checkouts)

    # --- what the payer does ---

    def pay(self, checkout: Checkout) -> list[Event]:
        """By card: the money is there at once."""
        self._complete(checkout)
        checkout.payment_status = "paid"
        return [self._of_checkout("completed", checkout)]

    def pay_by_debit(self, checkout: Checkout) -> list[Event]:
        """By bank debit: done on the page, and the money comes or fails days later."""
        self._complete(checkout)
        return [self._of_checkout("completed", checkout)]

    def debit_ends(self, checkout: Checkout, *, well: bool) -> list[Event]:
        if checkout.status != "complete" or checkout.payment_status == "paid":
            raise Refused("No debit of this checkout is on its way.")
        if well:
            checkout.payment_status = "paid"
            return [self._of_checkout("async_payment_succeeded", checkout)]
        return [
            self._declined(checkout, "debit_not_authorized"),
            self._of_checkout("async_payment_failed", checkout),
        ]

    def decline(self, checkout: Checkout) -> list[Event]:
        """The card is declined; the page stays open for another."""
        self._must_be_open(checkout)
        checkout.declined = True
        if checkout.payment is None:
            checkout.payment = self._new_payment(checkout)
        return [self._declined(checkout, "card_declined")]

    def expire(self, checkout: Checkout) -> list[Event]:
        if checkout.status != "open":
            raise Refused("Only an open checkout expires.")
        checkout.status = "expired"
        return [self._of_checkout("expired", checkout)]

    def expire_due(self) -> list[Event]:
        """Whatever the clock has passed by."""
        due = [each for each in self._checkouts.values() if self._is_over(each)]
        return [event for checkout in due for event in self.expire(checkout)]

    # --- money back ---

    def refund(
        self, payment: Payment, amount: int, reason: str | None, metadata: dict[str, str]
    ) -> tuple[Refund, list[Event]]:
        """The caller has checked the amount."""
        refund = Refund(_id("re"), payment, amount, reason, metadata, self.now())
        self._refunds[refund.id] = refund
        _forget_oldest(self._refunds)
        payment.refunded += amount
        return refund, [
            self._event("charge.refunded", charge_json(payment)),
            self._event("refund.updated", refund_json(refund)),
        ]

    def refund_fails(self, refund: Refund) -> list[Event]:
        """The card's bank sends it back, days later."""
        if refund.status == "failed":
            raise Refused("The refund has failed already.")
        refund.status, refund.failure_reason = "failed", "expired_or_canceled_card"
        refund.payment.refunded -= refund.amount
        return [self._event("refund.failed", refund_json(refund))]

    # --- helpers ---

    def _complete(self, checkout: Checkout) -> None:
        self._must_be_open(checkout)
        checkout.status = "complete"
        if checkout.payment is None:
            checkout.payment = self._new_payment(checkout)

    def _must_be_open(self, checkout: Checkout) -> None:
        if checkout.status != "open" or self._is_over(checkout):
            raise Refused("This checkout is over: it was paid or has expired.")

    def _is_over(self, checkout: Checkout) -> bool:
        return checkout.status == "open" and checkout.expires_at <= self.now()

    def _new_payment(self, checkout: Checkout) -> Payment:
        payment = Payment(
            _id("pi"),
            _id("ch"),
            checkout.amount,
            checkout.currency,
            checkout.payment_metadata,
        )
        self._payments[payment.id] = payment
        _forget_oldest(self._payments)
        return payment

    def _of_checkout(self, what: str, checkout: Checkout) -> Event:
        return self._event(f"checkout.session.{what}", checkout_json(checkout))

    def _declined(self, checkout: Checkout, code: str) -> Event:
        assert checkout.payment is not None
        failed = {"code": code, "type": "card_error"}
        body = {**payment_json(checkout.payment), "last_payment_error": failed}
        return self._event("payment_intent.payment_failed", body)

    def _event(self, kind: str, about: Mapping[str, Any]) -> Event:
        event_id = _id("evt")
        body = {
            "id": event_id,
            "object": "event",
            "api_version": API_VERSION,
            "created": int(self.now().timestamp()),
            "data": {"object": about},
            "livemode": False,
            "type": kind,
        }
        return Event(event_id, kind, body)


def checkout_json(checkout: Checkout) -> dict[str, Any]:
    """As Stripe writes a Checkout Session, in the fields that are used."""
    return {
        "id": checkout.id,
        "object": "checkout.session",
        "amount_total": checkout.amount,
        "client_reference_id": checkout.reference,
        "created": int(checkout.created.timestamp()),
        "currency": checkout.currency,
        "expires_at": int(checkout.expires_at.timestamp()),
        "livemode": False,
        "locale": checkout.locale,
        "metadata": checkout.metadata,
        "mode": "payment",
        "payment_intent": None if checkout.payment is None else checkout.payment.id,
        "payment_status": checkout.payment_status,
        "status": checkout.status,
        "success_url": checkout.success_url,
        "cancel_url": checkout.cancel_url,
        "url": checkout.url if checkout.status == "open" else None,
    }


def payment_json(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount,
        "currency": payment.currency,
        "latest_charge": payment.charge,
        "livemode": False,
        "metadata": payment.metadata,
    }


def charge_json(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.charge,
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.amount,
        "amount_refunded": payment.refunded,
        "currency": payment.currency,
        "livemode": False,
        "metadata": payment.metadata,
        "paid": True,
        "payment_intent": payment.id,
        "refunded": payment.refunded >= payment.amount,
    }


def refund_json(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.payment.charge,
        "created": int(refund.created.timestamp()),
        "currency": refund.payment.currency,
        "failure_reason": refund.failure_reason,
        "metadata": refund.metadata,
        "payment_intent": refund.payment.id,
        "reason": refund.reason,
        "status": refund.status,
    }


def new_checkout_id() -> str:
    return f"cs_test_{secrets.token_hex(24)}"


def _id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"


def _forget_oldest(kept: dict[str, Any]) -> None:
    surplus: Iterable[str] = list(kept)[:-KEPT]
    for name in surplus:
        del kept[name]
