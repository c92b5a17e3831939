"""How do the providers call the app?

Over real HTTP at its public address, with what proves who calls: Telegram's secret token header,
Twilio's signature over the address and the form, Stripe's over the body and the time. The same
call can be made again, as a provider does when it is not sure of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from stripe import WebhookSignature
from twilio.request_validator import RequestValidator

from bot.channels.simulator.problem import Refused

TELEGRAM_TIMEOUT = 60.0  # seconds; Telegram's own patience is about that
TWILIO_TIMEOUT = 15.0  # seconds; Twilio gives up then
STRIPE_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call to the app, ready to be made, and made again."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    body: bytes | None = None
    method: str = "POST"
    timeout: float = TWILIO_TIMEOUT

    async def make(self, http: httpx.AsyncClient) -> httpx.Response:
        """Raises Refused (502) when the app cannot be reached or does not answer in time."""
        try:
            return await http.request(
                self.method,
                self.url,
                headers=dict(self.headers),
                data=dict(self.form) if self.form is not None and self.method == "POST" else None,
                json=self.json,
                content=self.body,
                timeout=self.timeout,
                follow_redirects=False,
            )
        except httpx.TimeoutException:
            raise Refused(
                f"The app did not answer within {self.timeout:.0f} s at {self.url}.", 502
            ) from None
        except httpx.TransportError as error:
            raise Refused(
                f"The app cannot be reached at {self.url} ({type(error).__name__}): "
                "check its public address in the settings.",
                502,
            ) from None


def telegram_call(url: str, secret: str, update: Mapping[str, Any]) -> Call:
    """An update as Telegram posts it."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    return Call(url, headers, json=update, timeout=TELEGRAM_TIMEOUT)


def twilio_call(url: str, auth_token: str, form: Mapping[str, str], method: str = "POST") -> Call:
    """A signed request as Twilio makes it; with GET the values travel in the address."""
    if method == "GET":
        url, form = str(httpx.URL(url).copy_merge_params(dict(form))), {}
    headers = {
        "X-Twilio-Signature": RequestValidator(auth_token).compute_signature(url, dict(form)),
        "I-Twilio-Idempotency-Token": str(uuid4()),
        "User-Agent": "TwilioProxy/1.1",
    }
    return Call(url, headers, form=form, method=method)


def stripe_call(url: str, secret: str, body: str) -> Call:
    """An event as Stripe posts it, signed for the machine's present, as the app checks it."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": WebhookSignature.generate_signature_header(body, secret),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    return Call(url, headers, body=body.encode(), timeout=STRIPE_TIMEOUT)
