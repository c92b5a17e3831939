"""What do we need of a payment provider, whichever it is?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class CheckoutWanted:
    """A page of the provider's on which so much can be paid. `key` makes asking again safe: the
    same key with the same wish gets the same page. `done_url` and `back_url` are where the payer
    comes back to."""

    link_id: UUID
    amount: Money
    language: str
    title: str
    expires_at: datetime
    done_url: str
    back_url: str
    key: str


@dataclass(frozen=True, slots=True)
class CheckoutOpened:
    provider_id: str
    url: str


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """So much of a payment back to where it came from; `key` makes asking again safe."""

    refund_id: UUID
    payment_reference: str
    amount: Money
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class RefundTaken:
    """The provider has it. `state`: sent or failed; requested while it is still deciding."""

    provider_id: str
    state: str
    failure: str | None = None


# --- what the provider tells us -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckoutNews:
    """`state`: paid, processing, failed or expired; `paid` is what truly came."""

    link_id: UUID
    provider_id: str
    state: str
    payment_reference: str | None = None
    paid: Money | None = None


@dataclass(frozen=True, slots=True)
class TryFailed:
    """The payer tried and was declined; the checkout is open still."""

    link_id: UUID
    failure: str


@dataclass(frozen=True, slots=True)
class RefundNews:
    """What became of one refund; `refund_id` is None when it was not us who asked for it."""

    refund_id: UUID | None
    provider_id: str
    state: str
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class RefundedSoFar:
    """All that was refunded of a payment, by us or in the provider's own console."""

    link_id: UUID
    payment_reference: str
    paid: Money
    refunded: Money


News = CheckoutNews | TryFailed | RefundNews | RefundedSoFar


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """One event of the provider. `news` None: nothing that concerns us."""

    event_id: str
    kind: str
    news: News | None


class GatewayFailed(Exception):
    """The provider did not do it.

    `permanent`: asking again will not help. `reason` is one of ours: rejected, misconfigured,
    rate_limited, unreachable.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class NotTheProvider(Exception):
    """The call does not carry the provider's signature: refuse it."""


class Unreadable(Exception):
    """The call is signed and is no event: refuse it."""


class Gateway(Protocol):
    """What goes to the provider. Raises GatewayFailed."""

    async def open_checkout(self, wanted: CheckoutWanted) -> CheckoutOpened: ...

    async def refund(self, wanted: RefundWanted) -> RefundTaken: ...

    async def close(self) -> None: ...


class EventReader(Protocol):
    """What comes from the provider. Raises NotTheProvider or Unreadable."""

    def __call__(self, body: bytes, signature: str | None) -> ProviderCall: ...
