"""Which discounts may be offered, are offered, and are held? Outsiders call these functions."""

from billing_backend.discounts.granting import accept_offer, grant_discount, record_past_grant
from billing_backend.discounts.holding import (
    grant_history,
    grants,
    lines_for_period,
    settle_promises,
)
from billing_backend.discounts.service import (
    allowed_offers,
    expire_offers,
    propose_discount,
    refuse_offer,
)

__all__ = [
    "accept_offer",
    "allowed_offers",
    "expire_offers",
    "grant_discount",
    "grant_history",
    "grants",
    "lines_for_period",
    "propose_discount",
    "record_past_grant",
    "refuse_offer",
    "settle_promises",
]
