"""Who takes payments by link and sends refunds: Stripe or the simulator's double of it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter

from billing_backend.api import PAY_PATH, make_pay_pages, make_payment_webhook
from billing_backend.payments.gateway import Gateway
from billing_backend.payments.refund_sending import send_due
from billing_backend.payments.stripe_events import StripeEvents
from billing_backend.payments.stripe_gateway import STRIPE, StripeGateway
from bot.payment_notices import tell
from limpede.jobs import Job, every
from limpede.keys import Keys
from limpede.settings import Settings

if TYPE_CHECKING:
    from limpede.app import Parts

_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Payments:
    """The provider, what it and payers reach, and the job that sends refunds."""

    gateway: Gateway
    routers: Sequence[APIRouter]
    send_refunds: Job


def connect(parts: Parts) -> Payments:
    """Payments by the credentials in the settings, or on the simulator."""
    gateway = make_gateway(parts.settings, parts.keys)
    webhook = make_payment_webhook(
        parts.sessions,
        parts.clock,
        parts.policy,
        read=StripeEvents(parts.keys.stripe_webhook_secret),
        tell=lambda session, told: tell(session, told, now=parts.clock.now()),
    )
    pages = make_pay_pages(
        parts.sessions,
        parts.clock,
        parts.policy,
        gateway=gateway,
        address=parts.settings.base_url + PAY_PATH,
        company=parts.settings.company,
    )

    async def send() -> None:
        await send_due(parts.sessions, gateway, parts.clock)

    return Payments(gateway, (webhook, pages), every(_LOOK_SECONDS, send))


def make_gateway(settings: Settings, keys: Keys) -> Gateway:
    if settings.simulator:
        return StripeGateway(keys.stripe_api_key, f"{settings.local_url}/simulator/stripe-api")
    return StripeGateway(keys.stripe_api_key, settings.stripe_api_base or STRIPE)
