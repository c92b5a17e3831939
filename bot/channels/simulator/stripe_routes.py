"""How does a script, or the page, pay, decline, cancel, and let money come back?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.channels.simulator.problem import ProblemRoute, Refused
from bot.channels.simulator.stripe_account import (
    Checkout,
    Event,
    StripeAccount,
    checkout_json,
    refund_json,
)
from bot.channels.simulator.stripe_deliveries import Deliveries

Deed = Literal["pay", "decline", "cancel", "expire", "pay_by_debit", "debit_comes", "debit_fails"]


class CheckoutDeed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    deed: Deed


class RefundWish(BaseModel):
    """`amount` in minor units; all that is left of the payment when it is not given."""

    model_config = ConfigDict(extra="forbid")
    payment: str
    amount: int | None = Field(None, gt=0)


class Repeat(BaseModel):
    """`event`: its id; the last one when it is not given."""

    model_config = ConfigDict(extra="forbid")
    event: str | None = None


class StripeConsole:
    """The account as its owner and its payers use it."""

    def __init__(self, account: StripeAccount, deliveries: Deliveries) -> None:
        self.account = account
        self.deliveries = deliveries

    async def do(self, checkout: Checkout, deed: Deed) -> dict[str, Any]:
        """What happens on the payment page; answers the webhook's status and where the payer
        goes from there."""
        status = await self.deliveries.send(_DEEDS[deed](self.account, checkout))
        back = {"pay": checkout.success_url, "pay_by_debit": checkout.success_url}
        return {
            "status": status,
            "goes_to": {**back, "cancel": checkout.cancel_url}.get(deed),
            "checkout": checkout_json(checkout),
        }

    async def refund(self, wish: RefundWish) -> dict[str, Any]:
        payment = self.account.payment(wish.payment)
        if payment is None:
            raise Refused("Stripe has no such payment; a reset forgets them.", 404)
        left = payment.amount - payment.refunded
        amount = left if wish.amount is None else wish.amount
        if not 0 < amount <= left:
            raise Refused(f"Of this payment {left} can be refunded.")
        refund, events = self.account.refund(payment, amount, None, {})
        return {"status": await self.deliveries.send(events), "refund": refund_json(refund)}


def make_stripe_routes(console: StripeConsole) -> APIRouter:
    router = APIRouter(prefix="/simulator/stripe", tags=["simulator"], route_class=ProblemRoute)

    @router.get("/checkouts")
    async def checkouts() -> dict[str, Any]:
        """Every checkout that the app has opened, newest first."""
        return {"checkouts": [checkout_json(each) for each in console.account.checkouts()]}

    @router.post("/checkouts/{checkout_id}")
    async def act(checkout_id: str, wish: CheckoutDeed) -> dict[str, Any]:
        """Do what a payer can do; answers after the app's webhook, with its status."""
        return await console.do(console.account.checkout(checkout_id), wish.deed)

    @router.post("/refunds")
    async def refund(wish: RefundWish) -> dict[str, Any]:
        """Refund in Stripe's own console, of which the app learns by an event."""
        return await console.refund(wish)

    @router.post("/refunds/{refund_id}/fail")
    async def refund_fails(refund_id: str) -> dict[str, Any]:
        """The card's bank sends a refund back."""
        failed = console.account.refund_fails(console.account.found_refund(refund_id))
        return {"status": await console.deliveries.send(failed)}

    @router.get("/events")
    async def events() -> dict[str, Any]:
        """Every event that was sent, newest first, with the app's answers."""
        return {"events": console.deliveries.all()}

    @router.post("/events/repeat")
    async def repeat(wish: Repeat | None = None) -> dict[str, Any]:
        """Send an event again, as Stripe does when it is not sure of the first."""
        return {"status": await console.deliveries.again(None if wish is None else wish.event)}

    return router


_DEEDS: Mapping[Deed, Callable[[StripeAccount, Checkout], list[Event]]] = {
    "pay": StripeAccount.pay,
    "decline": StripeAccount.decline,
    "cancel": lambda account, checkout: [],
    "expire": StripeAccount.expire,
    "pay_by_debit": StripeAccount.pay_by_debit,
    "debit_comes": lambda account, checkout: account.debit_ends(checkout, well=True),
    "debit_fails": lambda account, checkout: account.debit_ends(checkout, well=False),
}
